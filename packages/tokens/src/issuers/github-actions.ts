import type { CiSystem } from './ci-system.ts';

/** GitHub Actions, on github.com, ghe.com and GitHub Enterprise Server. */
export const githubActions: CiSystem = {
  id: 'github_actions',
  title: 'GitHub Actions',
  issuer: {
    pattern:
      /^https:\/\/(token\.actions\.githubusercontent\.com(\/[\w-]+)?|token\.actions\.[\w-]+\.ghe\.com|[\w.-]+(:\d+)?\/_services\/token)$/,
    example: 'https://token.actions.githubusercontent.com',
    usual: 'https://token.actions.githubusercontent.com',
  },
  audience: { default: 'https://github.com/OWNER', refused: [/^https:\/\/github\.com(\/|$)/], several: false },
  algorithms: ['RS256'],
  max_life: 3600,
  jwks_hosts: [],
  claims: [
    { name: 'repository_id', kind: 'id', about: 'The repository, for as long as it exists.' },
    { name: 'repository_owner_id', kind: 'id', about: 'The user or organisation that owns the repository.' },
    { name: 'enterprise_id', kind: 'other', about: 'The enterprise; says nothing about which repository.' },
    { name: 'environment', kind: 'environment', about: 'The environment the job names; protect it with reviewers.' },
    { name: 'ref', kind: 'ref', about: 'The branch or tag: refs/heads/main, refs/tags/v1.', suffix: true },
    { name: 'ref_protected', kind: 'ref', about: 'Whether the branch is protected: "true".' },
    { name: 'job_workflow_ref', kind: 'workflow', about: 'The file that runs, with its ref, also when it is reused.' },
    { name: 'workflow_ref', kind: 'workflow', about: 'The file that was triggered, with its ref.' },
    { name: 'event_name', kind: 'event', about: 'What triggered it: push, workflow_dispatch, release, schedule.' },
    { name: 'runner_environment', kind: 'other', about: 'github-hosted or self-hosted; other jobs share the latter.' },
    { name: 'repository', kind: 'name', about: 'OWNER/NAME; can be renamed and taken by others.' },
    { name: 'repository_owner', kind: 'name', about: 'Can be renamed and taken by others.' },
  ],
  required: [
    {
      any_of: ['repository_id', 'repository_owner_id'],
      because: 'names can be given up and taken by somebody else; these numbers cannot',
    },
  ],
  recommended: [
    {
      any_of: ['environment', 'ref', 'ref_protected', 'job_workflow_ref', 'workflow_ref'],
      because: 'without it every branch and every workflow of the repository gets the token',
    },
    { any_of: ['repository_id'], because: 'without it every repository of the owner gets the token' },
  ],
  refused: [
    {
      claim: 'event_name',
      values: ['pull_request*', 'workflow_run', 'issue_comment'],
      because: 'the job runs for a change, or at a word, of somebody who may not deploy',
    },
    { claim: 'ref', values: ['refs/pull/*'], because: 'the job runs for a pull request' },
  ],
  never_pin: ['actor', 'triggering_actor', 'head_ref', 'base_ref'],
  replay: { rule: 'single_use' },
  obtain:
    'Give the job `permissions: id-token: write` and ask for the audience: `core.getIDToken(audience)`, or GET `$ACTIONS_ID_TOKEN_REQUEST_URL&audience=...` with `Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN`.',
  identity: {
    organization_id: 'repository_owner_id',
    project_id: 'repository_id',
    project: 'repository',
    ref: 'ref',
    commit: 'sha',
    environment: 'environment',
    workflow: 'job_workflow_ref',
    event: 'event_name',
    run_id: 'run_id',
    job_id: 'check_run_id',
    runner: 'runner_environment',
    actor: 'actor',
  },
};
