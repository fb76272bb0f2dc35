import type { CiSystem } from './ci-system.ts';

/** CircleCI. */
export const circleci: CiSystem = {
  id: 'circleci',
  title: 'CircleCI',
  issuer: {
    pattern: /^https:\/\/oidc\.circleci\.com\/org\/[\w-]+$/,
    example: 'https://oidc.circleci.com/org/11111111-2222-3333-4444-555555555555',
  },
  audience: {
    default: 'the id of the organisation',
    refused: [/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i],
    several: false,
  },
  algorithms: ['RS256'],
  max_life: 3600,
  jwks_hosts: [],
  claims: [
    { name: 'oidc.circleci.com/project-id', kind: 'id', about: 'The project.' },
    { name: 'oidc.circleci.com/context-ids', kind: 'environment', about: 'The contexts the job uses: one of them.' },
    { name: 'oidc.circleci.com/pipeline-definition-id', kind: 'workflow', about: 'The definition that runs.' },
    { name: 'oidc.circleci.com/vcs-ref', kind: 'ref', about: 'The branch or tag: refs/heads/main.', suffix: true },
    { name: 'oidc.circleci.com/vcs-origin', kind: 'name', about: 'Where the code came from: github.com/acme/app.' },
    { name: 'oidc.circleci.com/org-id', kind: 'other', about: 'The organisation; the issuer says so already.' },
  ],
  required: [
    {
      any_of: ['oidc.circleci.com/project-id'],
      because: 'without it every project of the organisation gets the token',
    },
  ],
  recommended: [
    {
      any_of: ['oidc.circleci.com/vcs-origin'],
      because: 'forks get tokens too where secrets are passed to forked pull requests',
    },
    {
      any_of: ['oidc.circleci.com/context-ids', 'oidc.circleci.com/vcs-ref'],
      because: 'without it every branch of the project gets the token',
    },
  ],
  refused: [
    {
      claim: 'oidc.circleci.com/ssh-rerun',
      values: ['true'],
      because: 'somebody is inside the job and can take its token',
    },
    { claim: 'oidc.circleci.com/vcs-ref', values: ['refs/pull/*'], because: 'the job runs for a pull request' },
  ],
  never_pin: [],
  replay: { rule: 'per_job' },
  obtain:
    'Run `circleci run oidc get --claims \'{"aud":"..."}\'`: the token in `$CIRCLE_OIDC_TOKEN_V2` has the audience of your organisation and is refused.',
  identity: {
    organization_id: 'oidc.circleci.com/org-id',
    project_id: 'oidc.circleci.com/project-id',
    project: 'oidc.circleci.com/vcs-origin',
    ref: 'oidc.circleci.com/vcs-ref',
    workflow: 'oidc.circleci.com/pipeline-definition-id',
    run_id: 'oidc.circleci.com/pipeline-id',
  },
};
