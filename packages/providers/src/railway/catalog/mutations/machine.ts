/** Machines that are not services: sandboxes and cloud agents. The caller that starts one decides what it runs. */
import { BY_TARGET, byTargetIn, deleted, environment, type Operations, project, refs } from '../build.ts';

/** Sandboxes. A checkpoint's id is its key within the environment. */
const sandboxes: Operations = {
  sandboxCheckpointCreate: {
    effect: 'write',
    targets: refs('sandbox:sandboxId'),
    reach: byTargetIn('environmentId'),
    why: 'adds a copy of the disk that stays in the environment',
  },
  sandboxCheckpointDelete: {
    effect: 'destroy',
    reach: environment('environmentId'),
    why: 'deletes the copy of a disk',
  },
  sandboxCheckpointRename: {
    effect: 'destroy',
    reach: environment('environmentId'),
    why: 'the name is the checkpoint’s id in the environment: what boots from the old one no longer finds it, and another may take it',
  },
  sandboxCreate: {
    effect: 'execute',
    context: refs('sandbox:input.sourceSandboxId'),
    reach: environment('input.environmentId'),
    secret: ['input.variables', 'input.template.instructions', 'input.template.variables'],
    stored: [{ elsewhere: 'what is on the disk of the sandbox that is copied, if one is' }],
    why: 'starts a machine with variables that may refer to the environment’s secrets, if asked inside its private network',
  },
  sandboxDestroy: {
    effect: 'destroy',
    targets: deleted('sandbox:id'),
    reach: byTargetIn('environmentId'),
    why: 'deletes the machine with its disk',
  },
  sandboxExec: {
    effect: 'execute',
    targets: refs('sandbox:id'),
    reach: byTargetIn('environmentId'),
    secret: ['command'],
    why: 'runs any command',
  },
  sandboxHeartbeat: {
    effect: 'write',
    targets: refs('sandbox:id'),
    reach: byTargetIn('environmentId'),
    why: 'keeps the machine up for longer',
  },
  sandboxTemplateBuild: {
    effect: 'execute',
    reach: environment('environmentId'),
    secret: ['input.instructions', 'input.variables'],
    why: 'runs the template’s instructions, with variables that may refer to the environment’s secrets',
  },
};

/** Cloud agents. */
const agents: Operations = {
  cloudAgentCreate: {
    effect: 'execute',
    reach: environment('input.environmentId'),
    secret: ['input.variables'],
    why: 'starts a machine that runs an agent inside the environment',
  },
  cloudAgentDelete: {
    effect: 'destroy',
    targets: deleted('cloud_agent:id'),
    reach: BY_TARGET,
    why: 'deletes the machine with its volume',
  },
  cloudAgentSleep: {
    effect: 'write',
    targets: refs('cloud_agent:id'),
    reach: BY_TARGET,
    why: 'stops; the volume stays and waking takes it back',
  },
  cloudAgentStateReport: {
    effect: 'write',
    targets: refs('cloud_agent:input.cloudAgentId'),
    reach: BY_TARGET,
    secret: ['input.agents[].prompt'],
    why: 'overwrites what the machine says about its sessions',
  },
  cloudAgentWake: {
    effect: 'write',
    targets: refs('cloud_agent:id'),
    reach: BY_TARGET,
    why: 'starts what was stopped',
  },
};

/** Plugins: databases of an older kind, one plugin with a container in each environment. Only a reset says it keeps to one. */
const plugins: Operations = {
  pluginCreate: {
    effect: 'write',
    context: refs('environment:input.environmentId'),
    reach: project('input.projectId'),
    why: 'adds a database; where the environment limits it is not said',
  },
  pluginDelete: {
    effect: 'destroy',
    targets: deleted('plugin:id'),
    context: refs('environment:environmentId'),
    reach: BY_TARGET,
    why: 'deletes a database; where the environment limits it is not said',
  },
  pluginReset: {
    effect: 'destroy',
    targets: [{ kind: 'plugin', path: 'id', dies: 'content' }],
    reach: byTargetIn('input.environmentId'),
    why: 'deletes the data of the plugin in one environment',
  },
  pluginResetCredentials: {
    effect: 'escalate',
    targets: refs('plugin:id'),
    reach: byTargetIn('input.environmentId'),
    why: 'returns new credentials and voids the old ones',
  },
  pluginRestart: {
    effect: 'write',
    targets: refs('plugin:id'),
    context: refs('environment:input.environmentId'),
    reach: BY_TARGET,
    why: 'stops and starts; where the environment limits it is not said',
  },
  pluginStart: {
    effect: 'write',
    targets: refs('plugin:id'),
    context: refs('environment:input.environmentId'),
    reach: BY_TARGET,
    why: 'starts; where the environment limits it is not said',
  },
  pluginUpdate: {
    effect: 'write',
    targets: refs('plugin:id'),
    reach: BY_TARGET,
    renames: [{ kind: 'plugin', path: 'id', to: 'input.friendlyName' }],
    why: 'overwrites the name',
  },
};

/** Sandboxes, cloud agents and plugins. */
export const machines: Operations = { ...sandboxes, ...agents, ...plugins };
