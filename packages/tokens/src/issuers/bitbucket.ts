import type { CiSystem } from './ci-system.ts';

/** Bitbucket Pipelines. */
export const bitbucket: CiSystem = {
  id: 'bitbucket',
  title: 'Bitbucket Pipelines',
  issuer: {
    pattern: /^https:\/\/api\.bitbucket\.org\/2\.0\/workspaces\/[\w-]+\/pipelines-config\/identity\/oidc$/,
    example: 'https://api.bitbucket.org/2.0/workspaces/WORKSPACE/pipelines-config/identity/oidc',
  },
  audience: {
    default: 'ari:cloud:bitbucket::workspace/WORKSPACE_UUID',
    refused: [/^ari:cloud:bitbucket:/],
    several: true,
  },
  algorithms: ['RS256'],
  max_life: 3600,
  jwks_hosts: [],
  claims: [
    { name: 'repositoryUuid', kind: 'id', about: 'The repository, in braces: {...}.' },
    { name: 'workspaceUuid', kind: 'id', about: 'The workspace, in braces.' },
    { name: 'deploymentEnvironmentUuid', kind: 'environment', about: 'The deployment environment, in braces.' },
    { name: 'branchName', kind: 'ref', about: 'The branch; not there for every kind of step.' },
  ],
  required: [
    {
      any_of: ['repositoryUuid', 'workspaceUuid'],
      because: 'the slug in the issuer can be given up and taken by somebody else; these cannot',
    },
  ],
  recommended: [
    { any_of: ['repositoryUuid'], because: 'without it every repository of the workspace gets the token' },
    {
      any_of: ['deploymentEnvironmentUuid'],
      because: 'the branch is not reliable; restrict an environment to a branch and pin the environment',
    },
  ],
  refused: [],
  never_pin: ['accountUuid'],
  replay: { rule: 'per_job', job: 'stepUuid' },
  obtain:
    'Give the step `oidc: {audiences: [...]}`; the token is in `$BITBUCKET_STEP_OIDC_TOKEN`. With `oidc: true` it has the audience of the workspace and is refused.',
  identity: {
    organization_id: 'workspaceUuid',
    project_id: 'repositoryUuid',
    ref: 'branchName',
    environment: 'deploymentEnvironmentUuid',
    run_id: 'pipelineUuid',
    job_id: 'stepUuid',
    actor: 'accountUuid',
  },
};
