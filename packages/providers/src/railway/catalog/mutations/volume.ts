/** Where data lives: volumes, their backups, buckets. One volume can have an instance in several environments. */
import type { ResourceRef } from '../../../review/review.ts';
import {
  BY_TARGET,
  byTargetIn,
  deleted,
  EVERYTHING,
  environment,
  type Operations,
  project,
  raise,
  refs,
} from '../build.ts';

/** A backup is only known from the list of the instance it belongs to. */
const backup: ResourceRef = { kind: 'backup', path: 'volumeInstanceBackupId', of: 'volumeInstanceId' };

/** What a restore overwrites or empties. */
const overwritten: readonly ResourceRef[] = refs(
  'volume_instance:volumeInstanceId',
  'service:replicaServiceIds[]',
  'service:wipeServiceIds[]',
).map((ref) => ({ ...ref, dies: 'content' }));

/** Volumes. */
const volumesThemselves: Operations = {
  volumeCreate: {
    effect: 'write',
    context: refs('project:input.projectId', 'service:input.serviceId'),
    reach: environment('input.environmentId', project('input.projectId')),
    why: 'adds an empty volume; without an environment, in all of the project',
  },
  volumeDelete: {
    effect: 'destroy',
    targets: deleted('volume:volumeId'),
    reach: BY_TARGET,
    why: 'deletes the data of the volume in every environment it has an instance in, and the backups with it',
  },
  volumeInstanceUpdate: {
    effect: 'write',
    raises: [
      { when: { path: 'input.state', not_one_of: ['READY', null] }, to: 'destroy' },
      ...raise('destroy', { is: 'absent', paths: 'input.serviceId' }),
      ...raise('destroy', { is: 'present', paths: 'input.serviceId input.mountPath' }),
    ],
    targets: [
      {
        kind: 'volume',
        path: 'volumeId',
        dies: 'whole',
        dies_when: { path: 'input.state', not_one_of: ['READY', null] },
      },
    ],
    context: refs('service:input.serviceId'),
    reach: byTargetIn('environmentId'),
    why: 'no harmless call is known: the state can be DELETED, no serviceId detaches (so the schema says), another one or another path takes the data from the service that uses it; without an environment, everywhere',
  },
  volumeUpdate: {
    effect: 'write',
    targets: refs('volume:volumeId'),
    reach: BY_TARGET,
    renames: [{ kind: 'volume', path: 'volumeId', to: 'input.name' }],
    why: 'overwrites the name',
  },
};

/** Backups of a volume instance. */
const backups: Operations = {
  volumeInstanceBackupCreate: {
    effect: 'write',
    targets: refs('volume_instance:volumeInstanceId'),
    reach: BY_TARGET,
    why: 'adds a backup',
  },
  volumeInstanceBackupDelete: {
    effect: 'destroy',
    targets: [{ ...backup, dies: 'whole' }],
    context: refs('volume_instance:volumeInstanceId'),
    reach: BY_TARGET,
    why: 'deletes a backup',
  },
  volumeInstanceBackupLock: {
    effect: 'write',
    targets: [backup],
    context: refs('volume_instance:volumeInstanceId'),
    reach: BY_TARGET,
    why: 'keeps a backup that would have expired',
  },
  volumeInstanceBackupRestore: {
    effect: 'destroy',
    targets: [backup, ...overwritten],
    reach: BY_TARGET,
    stored: [{ what: 'backup', path: 'volumeInstanceBackupId', of: 'volumeInstanceId' }],
    why: 'restores over live data, and wipes the volumes of the services it is told to',
  },
  volumeInstanceBackupScheduleUpdate: {
    effect: 'destroy',
    targets: refs('volume_instance:volumeInstanceId'),
    reach: BY_TARGET,
    why: 'replaces the set of schedules: what is not listed is switched off, an empty list is no backups at all',
  },
  volumeInstancePITRRestore: {
    effect: 'reveal',
    targets: refs('volume_instance:volumeInstanceId'),
    reach: EVERYTHING,
    why: 'copies the data into a new service, and new services appear in every environment that is not a fork; the source stays as it is',
  },
};

/** Point-in-time recovery of a database cluster: its continuous backup. */
const recovery: Operations = {
  cancelPitrHaWorkflow: {
    effect: 'destroy',
    targets: refs('service:rootServiceId'),
    reach: byTargetIn('environmentId'),
    why: 'breaks off a rolling change of a cluster half way',
  },
  clearPitrHaWorkflowProgress: {
    effect: 'destroy',
    targets: refs('service:rootServiceId'),
    reach: byTargetIn('environmentId'),
    why: 'clears the record of what a change did to a cluster',
  },
  disablePitrForHaCluster: {
    effect: 'destroy',
    targets: refs('service:input.rootServiceId'),
    context: refs('project:input.projectId'),
    reach: byTargetIn('input.environmentId'),
    why: 'switches off a backup',
  },
  enablePitrForHaCluster: {
    effect: 'write',
    targets: refs('service:input.rootServiceId'),
    context: refs('project:input.projectId'),
    reach: byTargetIn('input.environmentId'),
    why: 'adds a backup; restarts the members one by one',
  },
};

/** Buckets. */
const bucketsThemselves: Operations = {
  bucketCreate: {
    effect: 'write',
    context: refs('environment:input.environmentId'),
    reach: project('input.projectId'),
    why: 'adds an empty bucket; the environment is not looked at yet (so the schema says), so in all of the project',
  },
  bucketCredentialsReset: {
    effect: 'escalate',
    targets: refs('bucket:bucketId'),
    context: refs('project:projectId'),
    reach: byTargetIn('environmentId'),
    why: 'returns new credentials and voids the old ones',
  },
  bucketUpdate: {
    effect: 'write',
    targets: refs('bucket:id'),
    reach: BY_TARGET,
    renames: [{ kind: 'bucket', path: 'id', to: 'input.name' }],
    why: 'overwrites the name',
  },
};

/** Volumes, backups and buckets. */
export const volumes: Operations = { ...volumesThemselves, ...backups, ...recovery, ...bucketsThemselves };
