/** Sandboxes and cloud agents. */
import { type Fields, fields } from '../fields.ts';

/** Type -> field -> review. */
export const machine: Fields = {
  CloudAgent: fields({
    read: 'consoleTargetId createdAt domain domains environmentId id name projectId sessions status',
  }),
  CloudAgentDomain: fields({
    read: 'domain port prefix',
  }),
  CloudAgentSnapshot: fields({
    read: 'harness lastEventKind sessionId sessionName state taskId terminal updatedAt',
    reveal: 'prompt',
  }),
  Sandbox: fields({
    read: 'createdAt environmentId id idleTimeoutMinutes networkIsolation region status',
  }),
  SandboxCheckpoint: fields({
    read: 'createdAt environmentId id key',
  }),
  SandboxExecResult: fields({
    read: 'exitCode stderr stdout timedOut truncated',
  }),
  SandboxSession: fields({
    read: 'attached createdAt foregroundActive kind name runState',
    reveal: 'command',
  }),
  SandboxSessionRunState: fields({
    read: 'exitCode exitedAt running',
  }),
  SandboxTemplateBuild: fields({
    read: 'environmentId id status',
  }),
};
