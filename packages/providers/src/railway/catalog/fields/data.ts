/** Volume instances, backups, buckets, clusters. */
import { type Fields, fields } from '../fields.ts';

/** Type -> field -> review. */
export const data: Fields = {
  BucketInstanceDetails: fields({
    read: 'objectCount sizeBytes',
  }),
  BucketS3CompatibleCredentials: fields({
    read: 'bucketName createdAt endpoint region urlStyle',
    reveal: 'accessKeyId secretAccessKey',
  }),
  PitrHaClusterReplicationHealth: fields({
    read: 'allHealthy checkedAt environmentId members reachable rootServiceId',
  }),
  PitrHaMemberReplicationHealth: fields({
    read: 'healthy isLeader lagMb patroniName serviceId serviceName state',
  }),
  PitrHaWorkflowMemberProgress: fields({
    read: 'isLeader serviceId serviceName status',
  }),
  PitrHaWorkflowProgress: fields({
    read: `
      clusterMutated completedAt currentMemberServiceId direction environmentId errorMessage failedAtPhase
      members newLeaderServiceId phase projectId rootServiceId startedAt updatedAt workflowId`,
  }),
  VolumeInstance: fields({
    read: `
      createdAt currentSizeMB deletedAt environment environmentId externalId id isPendingDeletion mountPath
      region serviceId sizeMB state volumeId`,
    shared: 'service volume',
  }),
  VolumeInstanceBackup: fields({
    read: `
      createdAt creatorId expiresAt externalId id name referencedMB scheduleId usedMB volumeInstanceSizeMB`,
  }),
  VolumeInstanceBackupSchedule: fields({
    read: 'createdAt cron id kind name retentionSeconds',
  }),
};
