/** Members of projects and workspaces: their roles, and the ways in which they are invited. All of it is `escalate`, removal included. */
import { EVERYTHING, type Operations, project, refs, workspace } from '../build.ts';

/** Members of a project. */
const ofProject: Operations = {
  inviteCodeUse: {
    effect: 'escalate',
    reach: EVERYTHING,
    secret: ['code'],
    stored: [{ unreadable: 'what the code lets its user into' }],
    why: 'joins the project that the code is for, which can be any',
  },
  projectInvitationAccept: {
    effect: 'escalate',
    reach: EVERYTHING,
    secret: ['code'],
    stored: [{ unreadable: 'what the code lets its user into' }],
    why: 'joins the project that the code is for, which can be any',
  },
  projectInvitationCreate: { effect: 'escalate', reach: project('id'), why: 'invites somebody, with a role' },
  projectInvitationDelete: {
    effect: 'escalate',
    reach: EVERYTHING,
    why: 'takes a way in away; invitations cannot be looked up by id',
  },
  projectInvitationResend: {
    effect: 'escalate',
    reach: EVERYTHING,
    stored: [{ unreadable: 'whom the invitation lets in' }],
    why: 'sends a way in once more; invitations cannot be looked up by id',
  },
  projectInviteUser: {
    effect: 'escalate',
    reach: project('id'),
    secret: ['input.link'],
    why: 'mails a link that lets its reader in',
  },
  projectLeave: {
    effect: 'escalate',
    targets: refs('project:id'),
    reach: project('id'),
    why: 'gives up access to the project',
  },
  projectMemberAdd: { effect: 'escalate', reach: project('input.projectId'), why: 'lets a user in, with a role' },
  projectMemberRemove: { effect: 'escalate', reach: project('input.projectId'), why: 'takes a user’s access away' },
  projectMemberUpdate: { effect: 'escalate', reach: project('input.projectId'), why: 'changes a user’s role' },
};

/** Members of a workspace. */
const ofWorkspace: Operations = {
  trustedDomainCreate: {
    effect: 'escalate',
    reach: workspace('input.workspaceId'),
    why: 'lets everybody with an address in the domain in, with a role',
  },
  trustedDomainDelete: { effect: 'escalate', reach: EVERYTHING, why: 'changes who gets in; cannot be looked up by id' },
  trustedDomainRetriggerVerification: {
    effect: 'escalate',
    reach: EVERYTHING,
    stored: [{ unreadable: 'which domain it is' }],
    why: 'may make a domain trusted that was not; cannot be looked up by id',
  },
  trustedDomainUpdate: {
    effect: 'escalate',
    reach: EVERYTHING,
    why: 'changes the role of everybody in the domain; cannot be looked up by id',
  },
  workspaceInviteCodeCreate: {
    effect: 'escalate',
    reach: workspace('workspaceId'),
    why: 'returns a code that lets anybody in',
  },
  workspaceInviteCodeUse: {
    effect: 'escalate',
    reach: EVERYTHING,
    secret: ['code'],
    stored: [{ unreadable: 'what the code lets its user into' }],
    why: 'joins the workspace that the code is for, which can be any',
  },
  workspaceLeave: {
    effect: 'escalate',
    targets: refs('workspace:id'),
    reach: workspace('id'),
    why: 'gives up access to the workspace',
  },
  workspacePermissionChange: {
    effect: 'escalate',
    reach: workspace('input.workspaceId'),
    why: 'changes a user’s role',
  },
  workspaceUserInvite: {
    effect: 'escalate',
    reach: workspace('workspaceId'),
    secret: ['input.code'],
    why: 'mails a code that lets its reader in',
  },
  workspaceUserRemove: { effect: 'escalate', reach: workspace('workspaceId'), why: 'takes a user’s access away' },
};

/** Rules that all members of a workspace must keep to. */
const policies: Operations = {
  workspacePolicyDeploySourceAllowlistAdd: {
    effect: 'escalate',
    reach: workspace('workspaceId'),
    why: 'widens from where code may be deployed',
  },
  workspacePolicyDeploySourceAllowlistRemove: {
    effect: 'escalate',
    reach: EVERYTHING,
    why: 'changes from where code may be deployed; entries cannot be looked up by id',
  },
  workspacePolicyItemUpdate: {
    effect: 'escalate',
    reach: workspace('workspaceId'),
    why: 'switches a rule on what may be deployed or made public on or off',
  },
  workspaceTwoFactorEnforcementUpdate: {
    effect: 'escalate',
    reach: workspace('workspaceId'),
    why: 'decides whether members need a second factor; tightening it locks out those without',
  },
};

/** Members, invitations and policies. */
export const members: Operations = { ...ofProject, ...ofWorkspace, ...policies };
