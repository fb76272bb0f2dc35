/**
 * Queries about workspaces and projects as a whole. Those that return a directory are `shared`; those that list over environments reach
 * all of these.
 */
import {
  EVERYTHING,
  environment,
  insideProject,
  insideWorkspace,
  type Operations,
  project,
  refs,
  SHARED,
  workspace,
} from '../build.ts';

/** Workspaces. */
const ofWorkspace: Operations = {
  agentUsage: { effect: 'read', reach: workspace('workspaceId'), why: 'what agents cost the workspace' },
  auditLog: {
    effect: 'read',
    context: refs('workspace:workspaceId'),
    reach: EVERYTHING,
    why: 'an entry about any environment, which the id does not tell; its payload is judged at the field',
  },
  auditLogs: {
    effect: 'read',
    context: refs('workspace:workspaceId', 'project:filter.projectId'),
    reach: environment('filter.environmentId', insideProject('filter.projectId', insideWorkspace('workspaceId'))),
    why: 'entries about every environment the filter lets through',
  },
  botScopeBindings: { effect: 'read', reach: SHARED, why: 'which chats are bound to which workspaces' },
  complianceAgreements: { effect: 'read', reach: workspace('workspaceId'), why: 'which agreements are signed' },
  externalWorkspaces: { effect: 'read', context: refs('project:projectId'), reach: SHARED, why: 'a directory' },
  notificationRules: {
    effect: 'read',
    context: refs('project:projectId'),
    reach: workspace('workspaceId'),
    why: 'which events are sent; where to is judged at the field',
  },
  railwayDomain: { effect: 'read', reach: SHARED, why: 'a purchased domain and its price' },
  railwayDomainByName: { effect: 'read', reach: workspace('workspaceId'), why: 'a purchased domain and its price' },
  railwayDomainDnsRecords: {
    effect: 'read',
    reach: workspace('workspaceId'),
    why: 'records that are public in the DNS',
  },
  railwayDomains: { effect: 'read', reach: workspace('workspaceId'), why: 'purchased domains and their prices' },
  referralInfo: { effect: 'read', reach: workspace('workspaceId'), why: 'a referral code, which gives no access' },
  resourceAccess: { effect: 'read', reach: SHARED, why: 'what the plan allows' },
  team: { effect: 'read', reach: SHARED, why: 'a workspace by its older name and an id of its own' },
  teamTemplates: { effect: 'read', reach: SHARED, why: 'templates; configuration is judged at the field' },
  trustedDomains: { effect: 'read', reach: workspace('workspaceId'), why: 'who may join by address' },
  workspace: {
    effect: 'read',
    targets: refs('workspace:workspaceId'),
    reach: workspace('workspaceId'),
    why: 'a directory',
  },
  workspaceIdentityProviders: {
    effect: 'read',
    reach: workspace('workspaceId'),
    why: 'which identity providers are set up',
  },
  workspacePolicy: { effect: 'read', reach: workspace('workspaceId'), why: 'which rules are on' },
  workspacePolicySelectableDeploySources: {
    effect: 'read',
    reach: workspace('workspaceId'),
    why: 'names of organisations',
  },
  workspaceTemplates: {
    effect: 'read',
    reach: workspace('workspaceId'),
    why: 'templates; configuration is judged at the field',
  },
};

/** Projects. */
const ofProject: Operations = {
  environments: {
    effect: 'read',
    reach: { in: 'inside', kind: 'project', path: 'projectId', directory: true },
    why: 'names are a directory; all other selected fields lie in all of them',
  },
  integrations: {
    effect: 'read',
    reach: project('projectId'),
    why: 'names of links; configuration is judged at the field',
  },
  project: { effect: 'read', targets: refs('project:id'), reach: project('id'), why: 'a directory' },
  projectCompliance: {
    effect: 'read',
    reach: insideProject('projectId'),
    why: 'members, and the backup schedules of every environment',
  },
  projectInvitations: { effect: 'read', reach: project('id'), why: 'who is invited, without the codes' },
  projectInviteCode: {
    effect: 'escalate',
    reach: project('projectId'),
    why: 'returns, and makes if there is none, a code that lets anybody in: a query by name only',
  },
  projectMembers: { effect: 'read', reach: project('projectId'), why: 'a directory' },
  projectResourceAccess: { effect: 'read', reach: project('projectId'), why: 'what the plan allows' },
  projectToken: { effect: 'read', reach: SHARED, why: 'what the credential itself is good for' },
  projectTokens: { effect: 'read', reach: insideProject('projectId'), why: 'names of the tokens of every environment' },
  projectWorkspaceMembers: { effect: 'read', reach: project('projectId'), why: 'a directory' },
  projects: { effect: 'read', context: refs('workspace:workspaceId'), reach: SHARED, why: 'a directory' },
  projectsByIds: { effect: 'read', targets: refs('project:ids[]'), reach: SHARED, why: 'a directory' },
  service: {
    effect: 'read',
    targets: refs('service:id'),
    reach: SHARED,
    why: 'a directory; its instances are fields that lead out',
  },
  templateSourceForProject: {
    effect: 'read',
    reach: project('projectId'),
    why: 'the template; configuration is judged at the field',
  },
};

/** Usage, metrics and events of everything that the arguments do not narrow down. */
const over: Operations = {
  deployments: {
    effect: 'read',
    context: refs('project:input.projectId', 'service:input.serviceId'),
    reach: environment('input.environmentId', insideProject('input.projectId', EVERYTHING)),
    why: 'deployments of every environment the arguments leave open',
  },
  estimatedUsage: {
    effect: 'read',
    context: refs('workspace:workspaceId'),
    reach: insideProject('projectId', insideWorkspace('workspaceId', EVERYTHING)),
    why: 'cost over all environments',
  },
  events: {
    effect: 'read',
    context: refs('project:projectId'),
    reach: environment('environmentId', insideProject('projectId')),
    why: 'events of every environment the arguments leave open; payloads are judged at the field',
  },
  metrics: {
    effect: 'read',
    context: refs('project:projectId', 'service:serviceId', 'volume:volumeId', 'workspace:workspaceId'),
    reach: environment('environmentId', insideProject('projectId', insideWorkspace('workspaceId', EVERYTHING))),
    why: 'numbers of every environment the arguments leave open',
  },
  myCloudAgents: { effect: 'read', reach: EVERYTHING, why: 'agents in every environment at once' },
  notificationDeliveries: {
    effect: 'read',
    context: refs('project:filter.projectId', 'workspace:filter.workspaceId'),
    reach: environment(
      'filter.environmentId',
      insideProject('filter.projectId', insideWorkspace('filter.workspaceId', EVERYTHING)),
    ),
    why: 'news of every environment the filter lets through; payloads are judged at the field',
  },
  notificationDelivery: { effect: 'read', reach: EVERYTHING, why: 'news of an environment that the id does not tell' },
  projectServiceUsage: { effect: 'read', reach: insideWorkspace('workspaceId'), why: 'cost over all environments' },
  usage: {
    effect: 'read',
    context: refs('workspace:workspaceId'),
    reach: insideProject('projectId', insideWorkspace('workspaceId', EVERYTHING)),
    why: 'cost over all environments',
  },
};

/** Workspaces and projects. */
export const workspaces: Operations = { ...ofWorkspace, ...ofProject, ...over };
