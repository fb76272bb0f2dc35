import type { CiSystem } from './ci-system.ts';

/** AWS roles, by `sts:GetWebIdentityToken`. */
export const aws: CiSystem = {
  id: 'aws',
  title: 'AWS role',
  issuer: {
    pattern: /^https:\/\/[\w-]+\.tokens\.sts\.global\.api\.aws$/,
    example: 'https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws',
  },
  audience: { default: 'none: the caller must name one', refused: [], several: false },
  algorithms: ['ES384', 'RS256'],
  max_life: 3600,
  jwks_hosts: [],
  claims: [
    { name: 'https://sts.amazonaws.com/.aws_account', kind: 'id', about: 'The account.' },
    { name: 'https://sts.amazonaws.com/.org_id', kind: 'id', about: 'The AWS organisation.' },
    { name: 'sub', kind: 'name', about: 'The role’s ARN; it has no session.' },
    {
      name: 'https://sts.amazonaws.com/.lambda_source_function_arn',
      kind: 'workflow',
      about: 'The function that asks.',
    },
    { name: 'https://sts.amazonaws.com/.source_region', kind: 'other', about: 'The region.' },
  ],
  required: [
    {
      any_of: ['https://sts.amazonaws.com/.aws_account', 'https://sts.amazonaws.com/.org_id'],
      because: 'the account’s number is never given to somebody else',
    },
    { any_of: ['sub'], because: 'without the role’s ARN everything in the account gets the token' },
  ],
  recommended: [],
  refused: [],
  never_pin: ['https://sts.amazonaws.com/.request_tags'],
  replay: { rule: 'single_use' },
  obtain: 'Call `sts:GetWebIdentityToken` with `Audience`, `SigningAlgorithm: ES384` and `DurationSeconds: 300`.',
  identity: {
    organization_id: 'https://sts.amazonaws.com/.aws_account',
    project_id: 'sub',
    workflow: 'https://sts.amazonaws.com/.lambda_source_function_arn',
  },
};
