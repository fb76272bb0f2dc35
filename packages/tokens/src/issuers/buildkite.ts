import type { CiSystem } from './ci-system.ts';

/** Buildkite. */
export const buildkite: CiSystem = {
  id: 'buildkite',
  title: 'Buildkite',
  issuer: {
    pattern: /^https:\/\/agent\.buildkite\.com$/,
    example: 'https://agent.buildkite.com',
    usual: 'https://agent.buildkite.com',
  },
  audience: {
    default: 'https://buildkite.com/ORGANISATION',
    refused: [/^https:\/\/buildkite\.com(\/|$)/],
    several: false,
  },
  algorithms: ['RS256'],
  max_life: 3600,
  jwks_hosts: [],
  claims: [
    { name: 'pipeline_id', kind: 'id', about: 'The pipeline; the job asks for it with --claim.' },
    { name: 'organization_id', kind: 'id', about: 'The organisation; the job asks for it with --claim.' },
    { name: 'build_branch', kind: 'ref', about: 'The branch; a fork chooses its own name.' },
    { name: 'build_tag', kind: 'ref', about: 'The tag.' },
    { name: 'step_key', kind: 'workflow', about: 'The step.' },
    { name: 'build_source', kind: 'event', about: 'What started it: ui, api, webhook, schedule, trigger_job.' },
    { name: 'runner_environment', kind: 'other', about: 'Whose machine the job runs on.' },
    { name: 'pipeline_slug', kind: 'name', about: 'Can be renamed and taken by others.' },
    { name: 'organization_slug', kind: 'name', about: 'Can be renamed and taken by others.' },
  ],
  required: [
    {
      any_of: ['pipeline_id', 'organization_id'],
      because: 'slugs can be given up and taken by somebody else; have the job ask for the ids with --claim',
    },
  ],
  recommended: [
    { any_of: ['pipeline_id'], because: 'without it every pipeline of the organisation gets the token' },
    {
      any_of: ['build_source'],
      because: 'a build of a fork may call its branch main: pin the source, or do not build forks',
    },
  ],
  refused: [],
  never_pin: [],
  replay: { rule: 'single_use' },
  obtain: 'Run `buildkite-agent oidc request-token --audience ... --lifetime 300 --claim organization_id,pipeline_id`.',
  identity: {
    organization_id: 'organization_id',
    project_id: 'pipeline_id',
    project: 'pipeline_slug',
    ref: 'build_branch',
    commit: 'build_commit',
    workflow: 'step_key',
    event: 'build_source',
    run_id: 'build_number',
    job_id: 'job_id',
    runner: 'runner_environment',
  },
};
