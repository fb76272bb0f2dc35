import type { CiSystem } from './ci-system.ts';

/** GitLab CI, on gitlab.com or a self-managed instance. */
export const gitlab: CiSystem = {
  id: 'gitlab',
  title: 'GitLab CI',
  issuer: {
    pattern: /^https:\/\/[\w.-]+(:\d+)?(\/[\w./-]*)?$/,
    example: 'https://gitlab.com',
    usual: 'https://gitlab.com',
  },
  audience: { default: 'the instance itself', refused: [/^https:\/\/gitlab\.com\/?$/], several: false },
  algorithms: ['RS256'],
  max_life: 3600,
  jwks_hosts: [],
  claims: [
    { name: 'project_id', kind: 'id', about: 'The project; in a merge request from a fork, the fork.' },
    { name: 'job_project_id', kind: 'id', about: 'The project the job ran in, where the instance says so.' },
    { name: 'namespace_id', kind: 'id', about: 'The group or user of the project.' },
    { name: 'environment', kind: 'environment', about: 'The environment the job names.' },
    { name: 'environment_protected', kind: 'environment', about: 'Whether that environment is protected: "true".' },
    { name: 'deployment_tier', kind: 'environment', about: 'production, staging ...' },
    { name: 'ref_protected', kind: 'ref', about: 'Whether the branch or tag is protected: "true".' },
    { name: 'ref_path', kind: 'ref', about: 'The branch or tag: refs/heads/main, refs/tags/v1.', suffix: true },
    { name: 'ref', kind: 'ref', about: 'The name of the branch or tag: main.' },
    { name: 'ci_config_ref_uri', kind: 'workflow', about: 'The file that runs, with its ref.' },
    { name: 'pipeline_source', kind: 'event', about: 'What triggered it: push, web, schedule, api.' },
    { name: 'project_path', kind: 'name', about: 'Can be renamed and taken by others.' },
    { name: 'namespace_path', kind: 'name', about: 'Can be renamed and taken by others.' },
  ],
  required: [
    {
      any_of: ['project_id', 'namespace_id'],
      because: 'paths can be given up and taken by somebody else; these numbers cannot',
    },
  ],
  recommended: [
    {
      any_of: ['environment_protected', 'ref_protected', 'ci_config_ref_uri', 'ref_path', 'environment'],
      because: 'without it every branch of the project gets the token',
    },
    { any_of: ['project_id'], because: 'without it every project of the group gets the token' },
  ],
  refused: [
    {
      claim: 'pipeline_source',
      values: ['merge_request_event', 'external_pull_request_event'],
      because: 'the job runs for a change of somebody who may not deploy',
    },
    { claim: 'ref_path', values: ['refs/merge-requests/*'], because: 'the job runs for a merge request' },
  ],
  never_pin: ['user_login', 'user_email', 'user_identities'],
  replay: { rule: 'per_job', job: 'job_id' },
  obtain: 'Give the job `id_tokens: {WRIT_ID_TOKEN: {aud: ...}}`; the token is in the variable `WRIT_ID_TOKEN`.',
  identity: {
    organization_id: 'namespace_id',
    project_id: 'project_id',
    project: 'project_path',
    ref: 'ref_path',
    commit: 'sha',
    environment: 'environment',
    workflow: 'ci_config_ref_uri',
    event: 'pipeline_source',
    run_id: 'pipeline_id',
    job_id: 'job_id',
    runner: 'runner_environment',
    actor: 'user_login',
  },
};
