/** What answers each route: a verb of the broker, one line each. */
import { openApiDocument } from '@writ/api';
import * as broker from '@writ/broker';
import { WritError } from '@writ/core';
import type { Handlers, ReplyTools } from './http/handlers.ts';

/** What the handlers need besides the verbs. */
export interface HandlerDeps {
  readonly publicUrl: string;
  readonly version: string;
  /** False from the moment the process was told to stop, and while its clock cannot be trusted. */
  readonly isReady: () => boolean;
}

/** Makes the table of handlers. */
export function createHandlers(deps: HandlerDeps): Handlers {
  const document = Object.freeze(openApiDocument(deps));
  return {
    'setup.get': broker.getSetup,
    'setup.create': async (ctx, input, tools) => handOut(await broker.setUp(ctx, input), tools),
    'session.create': async (ctx, input, tools) => handOut(await broker.createSession(ctx, input), tools),
    'session.delete': async (ctx, _input, tools) => {
      tools.clearSession();
      return await broker.deleteSession(ctx, {});
    },
    'me.get': broker.getMe,
    'sessions.list': broker.listOwnSessions,
    'sessions.delete': broker.deleteSession,
    'users.list': broker.listUsers,
    'users.create': broker.createUser,
    'users.patch': broker.patchUser,
    'users.delete': broker.deleteUser,
    'users.reset': broker.resetUser,
    'users.accept': broker.acceptLink,
    'providers.list': broker.listProviders,
    'connections.list': broker.listConnections,
    'connections.create': broker.createConnection,
    'connections.get': broker.getConnection,
    'connections.patch': broker.patchConnection,
    'connections.delete': broker.deleteConnection,
    'connections.credential': broker.putCredential,
    'connections.verify': broker.verifyConnection,
    'connections.schema': broker.readSchema,
    'environments.list': broker.listEnvironments,
    'environments.create': broker.createEnvironment,
    'environments.import': broker.importEnvironments,
    'environments.patch': broker.patchEnvironment,
    'environments.delete': broker.deleteEnvironment,
    'operations.list': broker.listOperations,
    'operations.put': broker.putOperation,
    'operations.dismiss': broker.dismissOperation,
    'operations.admit': broker.admitArguments,
    'operations.dismiss_argument': broker.dismissArgument,
    'inventory.list': broker.listInventory,
    'clients.list': broker.listClients,
    'clients.create': broker.createClient,
    'clients.get': broker.getClient,
    'clients.patch': broker.patchClient,
    'clients.delete': broker.deleteClient,
    'clients.trust_test': broker.testTrust,
    'clients.trust_test_unsaved': broker.testUnsavedTrust,
    'clients.rotate_secret': broker.rotateSecret,
    'grants.list': broker.listGrants,
    'grants.create': broker.createGrant,
    'grants.preview': broker.previewGrant,
    'grants.get': broker.getGrant,
    'grants.patch': broker.patchGrant,
    'grants.delete': broker.deleteGrant,
    explain: broker.explain,
    'self.get': broker.getSelf,
    'self.operations': broker.listOwnOperations,
    'self.explain': broker.explainSelf,
    'self.end': broker.endSelf,
    'tasks.list': broker.listTasks,
    'tasks.get': broker.getTask,
    'tasks.end': broker.endTask,
    'tokens.list': broker.listTokens,
    'tokens.revoke': broker.revokeTokens,
    'guardrails.get': broker.getGuardrails,
    'guardrails.put': broker.putGuardrails,
    'freeze.list': broker.listFreezes,
    'freeze.create': broker.createFreeze,
    'freeze.delete': broker.deleteFreeze,
    'audit.list': broker.listAudit,
    'audit.export': broker.exportAudit,
    'audit.checkpoint': broker.getCheckpoint,
    'audit.proof': broker.getProof,
    'audit.prune': broker.pruneAudit,
    'keys.list': broker.listKeys,
    'keys.rotate': broker.rotateKeys,
    'keys.compromise': broker.compromiseKey,
    'system.healthz': async () => ({ status: 'ok' }),
    'system.readyz': async (ctx) => {
      if (!deps.isReady()) throw new WritError('unavailable');
      await ctx.store.ping();
      return { status: 'ok', database: 'ok' };
    },
    'system.openapi': async () => document,
  };
}

/** A browser gets its session as a cookie, which no script can read; a command gets it in the body. */
function handOut({ shown, token, life, client }: broker.SignedIn, tools: ReplyTools) {
  if (client === 'cli') return { ...shown, session_token: token.expose() };
  tools.setSession(token, life);
  return shown;
}
