/** Projects: made, changed, moved, deleted. */
import { deleted, EVERYTHING, type Operations, project, raise, refs, workspace } from '../build.ts';

/** Making and changing. */
const settings: Operations = {
  projectCreate: {
    effect: 'write',
    raises: [
      ...raise('execute', { is: 'set', paths: 'input.repo input.runtime input.prDeploys' }),
      ...raise('escalate', { is: 'set', paths: 'input.isPublic' }),
    ],
    reach: workspace('input.workspaceId', EVERYTHING),
    why: 'adds an empty project; with a repository it deploys it, made public it is everybody’s to see',
  },
  projectUpdate: {
    effect: 'write',
    raises: [
      ...raise('execute', { is: 'present', paths: 'input.prDeploys input.botPrEnvironments input.baseEnvironmentId' }),
      ...raise('escalate', { is: 'present', paths: 'input.isPublic' }),
    ],
    targets: refs('project:id'),
    context: refs('environment:input.baseEnvironmentId'),
    reach: project('id'),
    renames: [{ kind: 'project', path: 'id', to: 'input.name' }],
    why: 'named settings; pull-request environments run code with the base environment’s variables, isPublic decides who sees all',
  },
  projectFeatureFlagAdd: {
    effect: 'execute',
    targets: refs('project:input.projectId'),
    reach: project('input.projectId'),
    why: 'a flag changes how the project’s services are built and run; the flags of today say nothing of tomorrow’s',
  },
  projectFeatureFlagRemove: {
    effect: 'destroy',
    targets: refs('project:input.projectId'),
    reach: project('input.projectId'),
    why: 'takes away what the project may rely on',
  },
};

/** Transfers. The place a project goes to is not where the call acts, and need not agree with where it comes from. */
const transfers: Operations = {
  projectClaim: {
    effect: 'escalate',
    targets: refs('project:id'),
    reach: EVERYTHING,
    why: 'makes a project that nobody owned the workspace’s; it lies in nothing the connection has',
  },
  projectTransfer: {
    effect: 'escalate',
    targets: refs('project:projectId'),
    reach: project('projectId'),
    why: 'moves the project to another workspace, out of reach',
  },
  projectTransferConfirm: {
    effect: 'escalate',
    targets: refs('project:input.projectId'),
    reach: project('input.projectId'),
    stored: [{ unreadable: 'who the transfer that was offered goes to' }],
    why: 'completes a change of owner',
  },
  projectTransferInitiate: {
    effect: 'escalate',
    targets: refs('project:input.projectId'),
    reach: project('input.projectId'),
    why: 'offers the project to another owner',
  },
  projectTransferToTeam: {
    effect: 'escalate',
    targets: refs('project:id'),
    reach: project('id'),
    why: 'moves the project to another workspace, out of reach',
  },
};

/** Deleting. */
const deletion: Operations = {
  projectDelete: {
    effect: 'destroy',
    targets: deleted('project:id'),
    reach: project('id'),
    why: 'deletes every environment, volume and backup of the project at once',
  },
  projectScheduleDelete: {
    effect: 'destroy',
    targets: deleted('project:id'),
    reach: project('id'),
    why: 'deletes the project after 48 hours unless somebody notices',
  },
  projectScheduleDeleteCancel: {
    effect: 'write',
    targets: refs('project:id'),
    reach: project('id'),
    why: 'keeps a project that was about to be deleted',
  },
  projectScheduleDeleteForce: {
    effect: 'destroy',
    targets: deleted('project:id'),
    reach: project('id'),
    why: 'deletes the project without the rest of its grace',
  },
};

/** Projects. */
export const projects: Operations = { ...settings, ...transfers, ...deletion };
