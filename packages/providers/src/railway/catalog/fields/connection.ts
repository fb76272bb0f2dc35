/**
 * Lists in pages. Their own fields (`edges`, `node`, `pageInfo`) stay where the list is; whether the list leads elsewhere is judged at
 * the field that returns it.
 */

import { words } from '../build.ts';
import { type Fields, fields } from '../fields.ts';

/** What is listed, by the name before `Connection`. */
const LISTS = words(`
  CustomerCredits EnvironmentDeploymentTriggers EnvironmentDeployments EnvironmentServiceInstances
  EnvironmentVariables EnvironmentVolumeInstances IntegrationAuthIntegrations PluginContainers
  PluginVariables ProjectBuckets ProjectDeploymentTriggers ProjectDeployments ProjectEnvironments
  ProjectGroups ProjectPlugins ProjectProjectPermissions ProjectServices ProjectVolumes QueryApiTokens
  QueryAuditLogs QueryCloudAgentConsoleSessions QueryDeploymentEvents QueryDeploymentInstanceExecutions
  QueryDeploymentSessions QueryDeploymentTriggers QueryDeployments QueryEnvironmentPatches
  QueryEnvironments QueryEvents QueryIntegrationAuths QueryIntegrations QueryNotificationDeliveries
  QueryObservabilityDashboards QueryPasskeys QueryProjectTokens QueryProjects QuerySandboxSessions
  QuerySandboxes QuerySessions QuerySshPublicKeys QueryTeamTemplates QueryTemplateSearch QueryTemplates
  QueryTrustedDomains QueryUserTemplates QueryWorkspaceIdentityProviders QueryWorkspaceTemplates
  ServiceDeployments ServiceRepoTriggers ServiceServiceInstances TeamProjects TemplateServices
  UserProfileResponsePublicProjects UserProjects UserProviderAuths VolumeVolumeInstances
  WorkspaceIdentityProviders WorkspacePolicyDeploySourceAllowlist WorkspaceProjects
`);

/** Type -> field -> review. */
export const connection: Fields = Object.fromEntries(
  LISTS.flatMap((list) => [
    [`${list}Connection`, fields({ read: 'edges pageInfo' })],
    [`${list}ConnectionEdge`, fields({ read: 'cursor node' })],
  ]),
);
