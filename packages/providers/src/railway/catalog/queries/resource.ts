/** Queries about instances, volumes, buckets and machines. */
import { BY_TARGET, byTargetIn, environment, type Operations, refs, SHARED } from '../build.ts';

/** Service instances. */
const instances: Operations = {
  egressGatewayHAPreview: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'addresses',
  },
  egressGatewayLegacyPreview: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'addresses',
  },
  egressGateways: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'addresses',
  },
  pitrHaClusterReplicationHealth: {
    effect: 'read',
    targets: refs('service:rootServiceId'),
    reach: byTargetIn('environmentId'),
    why: 'health of a cluster',
  },
  pitrHaWorkflowProgress: {
    effect: 'read',
    targets: refs('service:rootServiceId'),
    reach: byTargetIn('environmentId'),
    why: 'how far a change of a cluster is',
  },
  serviceInstance: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'named settings; opaque ones are judged at the field',
  },
  serviceInstanceAutoDeployStatus: {
    effect: 'read',
    targets: refs('service:serviceId'),
    context: refs('project:projectId'),
    reach: byTargetIn('environmentId'),
    why: 'whether pushes deploy',
  },
  serviceInstanceIsUpdatable: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'answers yes or no',
  },
  serviceInstanceLimitOverride: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'memory and processors: numbers',
  },
  serviceInstanceLimits: {
    effect: 'read',
    targets: refs('service:serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'memory and processors: numbers',
  },
  validateServiceEdgeRules: {
    effect: 'read',
    targets: refs('service:input.serviceId'),
    reach: byTargetIn('input.environmentId'),
    secret: ['input.edgeRules'],
    why: 'says what is wrong with rules the caller wrote; writes nothing',
  },
};

/** Volumes and buckets. */
const data: Operations = {
  adminVolumeInstancesForVolume: {
    effect: 'read',
    targets: refs('volume:volumeId'),
    reach: BY_TARGET,
    why: 'the instances of a volume, in all their environments',
  },
  bucketInstanceDetails: {
    effect: 'read',
    targets: refs('bucket:bucketId'),
    reach: byTargetIn('environmentId'),
    why: 'size and count',
  },
  bucketS3Credentials: {
    effect: 'reveal',
    targets: refs('bucket:bucketId'),
    context: refs('project:projectId'),
    reach: byTargetIn('environmentId'),
    why: 'returns credentials that are there already',
  },
  volumeInstance: {
    effect: 'read',
    targets: refs('volume_instance:id'),
    reach: BY_TARGET,
    why: 'size, path and state',
  },
  volumeInstanceBackupList: {
    effect: 'read',
    targets: refs('volume_instance:volumeInstanceId'),
    reach: BY_TARGET,
    why: 'names and ages of backups',
  },
  volumeInstanceBackupScheduleList: {
    effect: 'read',
    targets: refs('volume_instance:volumeInstanceId'),
    reach: BY_TARGET,
    why: 'when backups are made',
  },
};

/** Sandboxes, cloud agents, plugins. */
const machines: Operations = {
  cloudAgent: {
    effect: 'read',
    targets: refs('cloud_agent:id'),
    reach: byTargetIn('environmentId'),
    why: 'name and state',
  },
  cloudAgentConsoleSessions: {
    effect: 'read',
    targets: refs('cloud_agent:cloudAgentId'),
    reach: BY_TARGET,
    why: 'which shells are open; their commands are judged at the field',
  },
  cloudAgents: { effect: 'read', reach: environment('environmentId'), why: 'names and states' },
  plugin: {
    effect: 'read',
    targets: refs('plugin:id'),
    reach: SHARED,
    why: 'a directory; its containers are fields that lead out',
  },
  pluginLogs: { effect: 'read', targets: refs('plugin:pluginId'), reach: byTargetIn('environmentId'), why: 'logs' },
  sandbox: { effect: 'read', targets: refs('sandbox:id'), reach: byTargetIn('environmentId'), why: 'region and state' },
  sandboxCheckpoints: { effect: 'read', reach: environment('environmentId'), why: 'names of checkpoints' },
  sandboxSessions: {
    effect: 'read',
    targets: refs('sandbox:id'),
    reach: byTargetIn('environmentId'),
    why: 'which shells are open; their commands are judged at the field',
  },
  sandboxTemplateBuild: { effect: 'read', reach: environment('environmentId'), why: 'how far a build is' },
  sandboxes: { effect: 'read', reach: environment('environmentId'), why: 'regions and states' },
};

/** Instances, data and machines. */
export const resources: Operations = { ...instances, ...data, ...machines };
