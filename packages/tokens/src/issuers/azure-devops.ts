import type { CiSystem } from './ci-system.ts';

/** Azure DevOps pipelines. The audience is Entra's and cannot be chosen: less assurance than with the others. */
export const azureDevops: CiSystem = {
  id: 'azure_devops',
  title: 'Azure DevOps',
  issuer: {
    pattern: /^https:\/\/vstoken\.dev\.azure\.com\/[\w-]+$/,
    example: 'https://vstoken.dev.azure.com/11111111-2222-3333-4444-555555555555',
  },
  audience: {
    default: 'api://AzureADTokenExchange',
    refused: [],
    fixed: 'api://AzureADTokenExchange',
    several: false,
  },
  algorithms: ['RS256'],
  max_life: 3600,
  jwks_hosts: [],
  claims: [
    { name: 'prj_id', kind: 'id', about: 'The project.' },
    { name: 'rpo_id', kind: 'id', about: 'The repository.' },
    { name: 'org_id', kind: 'other', about: 'The organisation; the issuer says so already.' },
    { name: 'def_id', kind: 'workflow', about: 'The pipeline definition, by its number within the project.' },
    { name: 'rpo_ref', kind: 'ref', about: 'The branch or tag: refs/heads/main.', suffix: true },
    { name: 'sub', kind: 'name', about: 'p://organisation/project/pipeline; names can be taken by others.' },
  ],
  required: [
    { any_of: ['prj_id', 'rpo_id'], because: 'names can be given up and taken by somebody else; these ids cannot' },
  ],
  recommended: [
    { any_of: ['def_id'], because: 'without it every pipeline of the project gets the token' },
    { any_of: ['rpo_ref'], because: 'without it every branch gets the token' },
  ],
  refused: [{ claim: 'rpo_ref', values: ['refs/pull/*'], because: 'the job runs for a pull request' }],
  never_pin: [],
  replay: { rule: 'single_use' },
  obtain:
    'POST `$SYSTEM_OIDCREQUESTURI?api-version=7.1-preview.1` with `Authorization: Bearer $SYSTEM_ACCESSTOKEN`; the token is `oidcToken`. Its audience is always Entra’s, so a token that leaks is good there too.',
  identity: {
    organization_id: 'org_id',
    project_id: 'prj_id',
    project: 'rpo_uri',
    ref: 'rpo_ref',
    commit: 'rpo_ver',
    workflow: 'def_id',
    run_id: 'run_id',
  },
};
