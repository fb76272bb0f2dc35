/** Workspaces, and what belongs to them alone: chat channels, notification rules, purchased domains and their DNS. */
import { deleted, EVERYTHING, type Operations, project, refs, workspace } from '../build.ts';

/** The workspace itself. */
const itself: Operations = {
  upsertSlackChannel: {
    effect: 'destroy',
    reach: workspace('workspaceId'),
    why: 'opens a channel at another company and invites people there: sent to the outside world',
  },
  workspaceDelete: {
    effect: 'destroy',
    targets: deleted('workspace:id'),
    reach: workspace('id'),
    why: 'deletes every project of the workspace',
  },
  workspaceUpdate: {
    effect: 'write',
    targets: refs('workspace:id'),
    reach: workspace('id'),
    renames: [{ kind: 'workspace', path: 'id', to: 'input.name' }],
    why: 'overwrites name, picture and the default region of new services',
  },
  workspaceUpsertSlackChannel: {
    effect: 'destroy',
    reach: workspace('id'),
    why: 'opens a channel at another company and invites people there: sent to the outside world',
  },
};

/** Rules by which Railway sends events to addresses and URLs of the caller's choosing. */
const notifications: Operations = {
  notificationRuleCreate: {
    effect: 'destroy',
    context: refs('workspace:input.workspaceId'),
    reach: project('input.projectId', workspace('input.workspaceId')),
    secret: ['input.channelConfigs'],
    why: 'from now on sends every matching event to the outside world',
  },
  notificationRuleDelete: {
    effect: 'destroy',
    reach: EVERYTHING,
    why: 'deletes a rule somebody relies on to be woken; rules cannot be looked up by id',
  },
  notificationRuleUpdate: {
    effect: 'destroy',
    reach: EVERYTHING,
    secret: ['input.channelConfigs'],
    why: 'replaces the sets of events and of channels, so it can silence or divert; rules cannot be looked up by id',
  },
  webhookTest: {
    effect: 'destroy',
    reach: EVERYTHING,
    secret: ['url', 'payload'],
    why: 'sends what the caller wrote to any URL from Railway’s network; the URL may be any environment’s',
  },
};

/** DNS records: names in a zone that all environments share. */
const dns: Operations = {
  railwayDomainDnsRecordCreate: {
    effect: 'escalate',
    reach: workspace('input.workspaceId'),
    names: [{ kind: 'domain', path: 'input.domain' }],
    why: 'a record proves control of the name to others (certificates, mail, sign-in) and steers the traffic of all environments',
  },
  railwayDomainDnsRecordDelete: {
    effect: 'destroy',
    reach: workspace('input.workspaceId'),
    names: [{ kind: 'domain', path: 'input.domain' }],
    why: 'deletes a record that any environment’s traffic may rest on',
  },
  railwayDomainDnsRecordUpdate: {
    effect: 'escalate',
    reach: workspace('input.workspaceId'),
    names: [{ kind: 'domain', path: 'input.domain' }],
    why: 'as creating one, and overwrites the record that stood there',
  },
  railwayDomainNameserversSet: {
    effect: 'escalate',
    reach: EVERYTHING,
    why: 'hands the whole zone to other name servers; purchased domains cannot be looked up',
  },
  railwayDomainUpdate: {
    effect: 'destroy',
    reach: EVERYTHING,
    why: 'renewal switched off loses the domain, switched on spends money; purchased domains cannot be looked up',
  },
};

/** Workspaces, notifications and DNS. */
export const workspaces: Operations = { ...itself, ...notifications, ...dns };
