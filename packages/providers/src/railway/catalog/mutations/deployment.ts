/** Deployments and the triggers that make them. */
import { BY_TARGET, deleted, environment, type Operations, raise, refs } from '../build.ts';

/** Deployments by id. */
const itself: Operations = {
  deploymentApprove: {
    effect: 'execute',
    targets: refs('deployment:id'),
    reach: BY_TARGET,
    stored: [{ what: 'deployment', path: 'id' }],
    why: 'lets code run that somebody had to look at first',
  },
  deploymentCancel: {
    effect: 'write',
    targets: refs('deployment:id'),
    reach: BY_TARGET,
    why: 'stops a deployment under way; the same commit can be deployed again',
  },
  deploymentRedeploy: {
    effect: 'write',
    state_raises: [{ state: 'not_latest', path: 'id', to: 'execute' }],
    targets: refs('deployment:id'),
    reach: BY_TARGET,
    stored: [{ what: 'deployment', path: 'id' }],
    why: 'redeploys what was deployed last; of an earlier one it decides that earlier code runs, as a rollback does',
  },
  deploymentRemove: {
    effect: 'destroy',
    targets: deleted('deployment:id'),
    reach: BY_TARGET,
    why: 'deletes the deployment, its logs and its image with it',
  },
  deploymentRestart: {
    effect: 'write',
    targets: refs('deployment:id'),
    reach: BY_TARGET,
    why: 'stops and starts',
  },
  deploymentRollback: {
    effect: 'execute',
    targets: refs('deployment:id'),
    reach: BY_TARGET,
    stored: [{ what: 'deployment', path: 'id' }],
    why: 'decides that earlier code runs, with the variables of its time; rolling forward takes it back',
  },
  deploymentStop: {
    effect: 'write',
    targets: refs('deployment:id'),
    reach: BY_TARGET,
    why: 'stops; a restart takes it back',
  },
};

/** Deployment triggers: what deploys by itself, from which repository and branch. */
const triggers: Operations = {
  baseEnvironmentOverride: {
    effect: 'execute',
    raises: raise('destroy', { is: 'null', paths: 'input.baseEnvironmentOverrideId' }),
    targets: refs('deployment_trigger:id', 'environment:input.baseEnvironmentOverrideId'),
    reach: BY_TARGET,
    why: 'pull-request code then runs with the variables of the environment it names',
  },
  deploymentTriggerCreate: {
    effect: 'execute',
    context: refs('project:input.projectId', 'service:input.serviceId'),
    reach: environment('input.environmentId'),
    why: 'decides which repository and branch is deployed',
  },
  deploymentTriggerDelete: {
    effect: 'destroy',
    targets: deleted('deployment_trigger:id'),
    reach: BY_TARGET,
    why: 'deletes the trigger; nothing deploys by itself any more',
  },
  deploymentTriggerUpdate: {
    effect: 'execute',
    targets: refs('deployment_trigger:id'),
    reach: BY_TARGET,
    why: 'decides which repository, branch and directory is deployed',
  },
};

/** Deployments and triggers. */
export const deployments: Operations = { ...itself, ...triggers };
