/** Environments and what configures them. */
import { type Fields, fields } from '../fields.ts';

/** Type -> field -> review. */
export const environment: Fields = {
  AppliedByMember: fields({
    read: 'avatar email id name username',
  }),
  CanvasViewMergePreview: fields({
    reveal: 'mutations state',
  }),
  ChangeOperationResult: fields({
    read: 'kind path status summary',
    reveal: 'outputs',
  }),
  ChangeSetApplyResult: fields({
    read: 'changes deploymentId id stagedPatchId status',
    reveal: 'diagnostics',
  }),
  ChangeSetPreview: fields({
    reveal: 'changeSet diagnostics effects',
  }),
  Container: fields({
    read: 'createdAt deletedAt environment environmentId id migratedAt pluginId',
    shared: 'plugin',
  }),
  DockerComposeImport: fields({
    read: 'errors',
    reveal: 'patch',
  }),
  Environment: fields({
    read: `
      canAccess configEtag createdAt deletedAt deploymentTriggers deployments id isEphemeral meta name
      projectId serviceInstances unmergedChangesCount updatedAt variables volumeInstances`,
    out: 'sourceEnvironment',
    reveal: 'canvasGroupRefs config',
  }),
  EnvironmentMeta: fields({
    read: `
      baseBranch branch latestSuccessfulGitHubDeploymentId prCommentId prNumber prRepo prTitle
      skippedResourceIds`,
  }),
  EnvironmentPatch: fields({
    read: 'appliedAt createdAt environment environmentId id lastAppliedError message status updatedAt',
    shared: 'appliedBy',
    reveal: 'patch',
  }),
  Event: fields({
    read: 'action createdAt environment environmentId id object projectId severity',
    shared: 'project',
    reveal: 'activityPayload payload',
  }),
  NotificationChannel: fields({
    read: 'createdAt id updatedAt workspaceId',
    reveal: 'config',
  }),
  NotificationDelivery: fields({
    read: 'createdAt id notificationInstance readAt status type updatedAt userId',
  }),
  NotificationInstance: fields({
    read: `
      createdAt environmentId event eventId eventType id projectId resolvedAt resourceId resourceType serviceId
      severity status updatedAt volumeId workspaceId`,
    reveal: 'payload',
  }),
  NotificationRule: fields({
    read: `
      channels createdAt environmentId ephemeralEnvironments eventTypes id projectId serviceId severities
      updatedAt workspaceId`,
  }),
  Variable: fields({
    read: 'createdAt environment environmentId id isSealed name pluginId references serviceId updatedAt',
    shared: 'plugin service',
  }),
};
