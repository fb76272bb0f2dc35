/** Service instances: a service in one environment. */
import { BY_TARGET, byTargetIn, COMMIT, type Operations, raise, refs, service } from '../build.ts';

/** Settings. */
const settings: Operations = {
  serviceInstanceAutoDeployUpdate: {
    effect: 'write',
    targets: refs('service:input.serviceId'),
    context: refs('project:input.projectId'),
    reach: byTargetIn('input.environmentId'),
    why: 'whether pushes to the connected source deploy by themselves',
  },
  serviceInstanceLimitsUpdate: {
    effect: 'write',
    targets: refs('service:input.serviceId'),
    reach: byTargetIn('input.environmentId'),
    why: 'overwrites named settings: memory and processors',
  },
  serviceInstanceUpdate: {
    effect: 'write',
    raises: [
      ...raise('execute', {
        is: 'present',
        paths: `input.buildCommand input.builder input.cronSchedule input.dockerfilePath input.multiRegionConfig
          input.nixpacksPlan input.preDeployCommand input.railwayConfigFile input.registryCredentials
          input.rootDirectory input.source input.startCommand`,
      }),
      ...raise('destroy', {
        is: 'null',
        paths: `input.multiRegionConfig input.nixpacksPlan input.registryCredentials input.source
          input.source.image input.source.repo`,
      }),
      ...raise('destroy', { is: 'holds_null', paths: 'input.multiRegionConfig' }),
    ],
    targets: refs('service:serviceId'),
    reach: service('serviceId', 'environmentId'),
    secret: ['input.registryCredentials', 'input.nixpacksPlan'],
    why: 'named settings, in all environments that are not forks, also when environmentId names one; code, commands and credentials decide what runs, null drops them',
  },
};

/** Running. */
const running: Operations = {
  serviceInstanceDeploy: {
    effect: 'write',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    stored: [{ elsewhere: COMMIT, unless: 'commitSha' }],
    why: 'deploys the connected source at a commit of it',
  },
  serviceInstanceDeployV2: {
    effect: 'write',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    stored: [{ elsewhere: COMMIT, unless: 'commitSha' }],
    why: 'deploys the connected source at a commit of it',
  },
  serviceInstanceRedeploy: {
    effect: 'write',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    stored: [{ what: 'latest_deployment', path: 'serviceId', of: 'environmentId' }],
    why: 'redeploys what is deployed',
  },
  serviceInstanceVulnRemediationDismiss: {
    effect: 'destroy',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'stands a scheduled security update down for good',
  },
  serviceInstanceVulnRemediationPatchNow: {
    effect: 'execute',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    stored: [{ elsewhere: 'which image takes the place of the present one' }],
    why: 'replaces the image of a database under load',
  },
  deploymentInstanceExecutionCreate: {
    effect: 'execute',
    targets: refs('service_instance:input.serviceInstanceId'),
    reach: BY_TARGET,
    stored: [{ what: 'instance_command', path: 'input.serviceInstanceId' }],
    why: 'runs the instance’s command now',
  },
};

/** Static outgoing addresses. With `allEnvironments` the call acts wherever the service has an instance. */
const egress: Operations = {
  egressGatewayAssociationCreate: {
    effect: 'write',
    targets: refs('service:input.serviceId'),
    reach: byTargetIn('input.environmentId'),
    why: 'adds a static address',
  },
  egressGatewayAssociationsClear: {
    effect: 'destroy',
    targets: refs('service:input.serviceId'),
    context: refs('environment:input.environmentId'),
    reach: service('input.serviceId'),
    why: 'clears the set of addresses that others let in',
  },
  egressGatewayHAMigrationPreview: {
    effect: 'write',
    targets: refs('service:input.serviceId'),
    context: refs('environment:input.environmentId'),
    reach: service('input.serviceId'),
    why: 'said to apply nothing, but it is a mutation; allEnvironments covers all of the service’s',
  },
  egressGatewayRollbackFromHA: {
    effect: 'destroy',
    targets: refs('service:input.serviceId'),
    context: refs('environment:input.environmentId'),
    reach: service('input.serviceId'),
    why: 'replaces the set of addresses that others let in',
  },
  egressGatewayUpgradeToHA: {
    effect: 'destroy',
    targets: refs('service:input.serviceId'),
    context: refs('environment:input.environmentId'),
    reach: service('input.serviceId'),
    why: 'replaces the set of addresses that others let in',
  },
};

/** Service instances. */
export const serviceInstances: Operations = { ...settings, ...running, ...egress };
