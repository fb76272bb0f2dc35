/** Projects, and what lies in a project but outside its environments: services, volumes, buckets, groups, plugins. */
import { type Fields, fields } from '../fields.ts';

/** Type -> field -> review. */
export const project: Fields = {
  Bucket: fields({
    read: 'createdAt groupId id name projectId updatedAt',
    shared: 'project',
  }),
  Group: fields({
    read: 'color groupId icon id isCollapsed name projectId',
    shared: 'project',
  }),
  Plugin: fields({
    read: `
      createdAt deletedAt deprecatedAt friendlyName id logsEnabled migrationDatabaseServiceId name status`,
    shared: 'project',
    out: 'containers variables',
  }),
  Project: fields({
    read: `
      baseEnvironmentId botPrEnvironments createdAt deletedAt description expiredAt featureFlags
      focusedPrEnvironments id isPublic isTempProject name prDeploys primaryEnvironmentId subscriptionPlanLimit
      subscriptionType teamId updatedAt workspaceId`,
    shared: 'buckets groups members plugins projectPermissions services team volumes workspace',
    out: 'baseEnvironment deploymentTriggers deployments environments',
  }),
  ProjectComplianceInfo: fields({
    read: 'memberPermissions projectId projectName serviceBackups twoFactorMembers workspaceId',
  }),
  ProjectInvitation: fields({
    read: 'email expiresAt id isExpired',
    shared: 'inviter project',
  }),
  ProjectInvitationInviter: fields({
    read: 'email name',
  }),
  ProjectMember: fields({
    read: 'avatar email id name role',
  }),
  ProjectMemberPermissionsInfo: fields({
    read: 'email name role',
  }),
  ProjectMemberTwoFactorInfo: fields({
    read: 'email enabledMethods name twoFactorAuthEnabled',
  }),
  ProjectPermission: fields({
    read: 'id projectId role userId',
  }),
  ProjectResourceAccess: fields({
    read: 'customDomain databaseDeployment deployment environment plugin sandbox',
  }),
  ProjectToken: fields({
    read: 'createdAt environmentId id name projectId',
    shared: 'project',
    out: 'environment',
    reveal: 'displayToken',
  }),
  ProjectWorkspaceMember: fields({
    read: 'email enabledMethods name twoFactorAuthEnabled',
  }),
  ProjectWorkspaceMembersResponse: fields({
    read: 'members projectId projectName workspaceId',
  }),
  PublicProjectInformation: fields({
    read: 'id name',
  }),
  Service: fields({
    read: `
      createdAt deletedAt featureFlags groupId hasHiddenRegistryCredentialsFromTemplate icon id isRestricted
      name projectId templateId templateServiceId templateThreadSlug updatedAt`,
    shared: 'project',
    out: 'deployments repoTriggers serviceInstances',
  }),
  ServiceBackupInfo: fields({
    read: 'schedules serviceId serviceName',
  }),
  Volume: fields({
    read: 'createdAt id name projectId',
    shared: 'project',
    out: 'volumeInstances',
  }),
};
