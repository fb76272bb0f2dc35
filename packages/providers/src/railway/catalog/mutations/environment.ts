/** Environments, and the patches by which everything in one can be changed at once. */
import type { PatchRef } from '../../../review/review.ts';
import {
  BY_TARGET,
  byTargetIn,
  COMMIT,
  deleted,
  EVERYTHING,
  environment,
  type Operations,
  project,
  raise,
  refs,
} from '../build.ts';

/** The environment itself. */
const itself: Operations = {
  environmentCreate: {
    effect: 'write',
    raises: raise('reveal', { is: 'set', paths: 'input.sourceEnvironmentId' }),
    context: refs('environment:input.sourceEnvironmentId'),
    reach: project('input.projectId'),
    stored: [{ what: 'environment_config', path: 'input.sourceEnvironmentId' }],
    why: 'adds an environment; from a source it copies that one’s variables, configuration and volumes',
  },
  environmentDelete: {
    effect: 'destroy',
    targets: deleted('environment:id'),
    reach: environment('id'),
    why: 'deletes the environment with its instances, variables, volumes and their backups',
  },
  environmentRename: {
    effect: 'write',
    targets: refs('environment:id'),
    reach: environment('id'),
    renames: [{ kind: 'environment', path: 'id', to: 'input.name' }],
    why: 'overwrites the name; selectors go by id',
  },
  environmentTriggersDeploy: {
    effect: 'write',
    targets: refs('service:input.serviceId'),
    context: refs('project:input.projectId'),
    reach: byTargetIn('input.environmentId'),
    stored: [{ elsewhere: COMMIT }],
    why: 'deploys the connected source',
  },
  environmentUnskipService: {
    effect: 'write',
    context: refs('service:serviceId'),
    reach: environment('environmentId'),
    stored: [{ elsewhere: COMMIT }],
    why: 'deploys in this environment what its source already has; the service has no instance here yet',
  },
};

/** A serialised configuration, or a part of one: maps whose keys are ids, in an argument of its own. */
const configuration = (path: string): readonly PatchRef[] => [
  {
    path,
    ids: [
      { at: 'services', kind: 'service' },
      { at: 'services.*.volumeMounts', kind: 'volume' },
      { at: 'volumes', kind: 'volume' },
      { at: 'buckets', kind: 'bucket' },
    ],
    names: ['services.*.networking.customDomains', 'services.*.networking.serviceDomains'],
  },
];

/** A change set; its shape is not published. */
const changeSet = (path: string): readonly PatchRef[] => [{ path, ids: [], names: [] }];

/** Opaque configuration. It can set sources, commands and variables, and delete services, volumes, buckets and variables. */
const patches: Operations = {
  environmentApplyChangeSet: {
    effect: 'destroy',
    reach: environment('environmentId'),
    patches: changeSet('input'),
    secret: ['input'],
    why: 'an opaque change set can delete anything in the environment',
  },
  environmentPatchCommit: {
    effect: 'destroy',
    reach: environment('environmentId'),
    patches: configuration('patch'),
    secret: ['patch'],
    why: 'an opaque patch can carry isDeleted for volumes, services and buckets, and null for variables',
  },
  environmentPatchCommitStaged: {
    effect: 'destroy',
    reach: { in: 'environment', path: 'environmentId', stored: true },
    stored: [{ what: 'staged_patch', path: 'environmentId', holds: configuration('patch') }],
    why: 'what it does lies in state stored at the provider, which can be any patch, also one that names things of other environments',
  },
  environmentPreviewChangeSet: {
    effect: 'reveal',
    reach: environment('environmentId'),
    patches: changeSet('input'),
    secret: ['input'],
    why: 'changes nothing, returns opaque configuration of what is there',
  },
  environmentStageChanges: {
    effect: 'destroy',
    reach: environment('environmentId'),
    patches: configuration('input'),
    secret: ['input'],
    stored: [{ what: 'staged_patch', path: 'environmentId' }],
    why: 'an opaque patch that the next person to press “deploy” commits; without merge it replaces the one that was staged',
  },
};

/** An environment's layout on the canvas, and its dashboards. */
const views: Operations = {
  canvasViewMerge: {
    effect: 'destroy',
    targets: refs('environment:sourceEnvironmentId', 'environment:targetEnvironmentId'),
    reach: BY_TARGET,
    stored: [{ what: 'canvas_merge', path: 'sourceEnvironmentId', of: 'targetEnvironmentId' }],
    why: 'overwrites one environment’s layout with another’s; the earlier one is not kept',
  },
  observabilityDashboardCreate: {
    effect: 'write',
    reach: environment('input.environmentId'),
    why: 'adds a dashboard',
  },
  observabilityDashboardReset: {
    effect: 'destroy',
    reach: EVERYTHING,
    why: 'drops the dashboard’s items and monitors; dashboards cannot be looked up by id',
  },
  observabilityDashboardUpdate: {
    effect: 'destroy',
    reach: EVERYTHING,
    why: 'replaces the dashboard’s set of items; dashboards cannot be looked up by id',
  },
};

/** Imports of what was defined elsewhere. */
const imports: Operations = {
  dockerComposeImport: {
    effect: 'execute',
    context: refs('environment:environmentId'),
    reach: project('projectId'),
    secret: ['yaml'],
    why: 'makes services of any image and command; new services appear in every environment that is not a fork',
  },
  herokuImportVariables: {
    effect: 'execute',
    targets: refs('service:input.serviceId'),
    context: refs('project:input.projectId'),
    reach: byTargetIn('input.environmentId'),
    stored: [{ unreadable: 'the variables that are kept at Heroku' }],
    why: 'overwrites variables with names and values the call does not show; some names decide what runs',
  },
};

/** Environments, patches, views and imports. */
export const environments: Operations = { ...itself, ...patches, ...views, ...imports };
