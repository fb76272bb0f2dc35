import { createAllowance } from './allowances/create.ts';
import { deleteAllowance } from './allowances/delete.ts';
import { listAllowances } from './allowances/list.ts';
import { approveAllApprovals, approveApproval } from './approvals/approve.ts';
import { denyApproval } from './approvals/deny.ts';
import { getApproval, listApprovals } from './approvals/list.ts';
import { lookAtApproval } from './approvals/look.ts';
import { reopenApproval } from './approvals/reopen.ts';
import { getCheckpoint } from './audit/checkpoint.ts';
import { exportAudit } from './audit/export.ts';
import { countAudit, listAudit } from './audit/list.ts';
import { getProof } from './audit/prove.ts';
import { pruneAudit } from './audit/prune.ts';
import { listCiSystems } from './clients/ci-systems.ts';
import { createClient } from './clients/create.ts';
import { deleteClient } from './clients/delete.ts';
import { getClient, listClients } from './clients/list.ts';
import { patchClient } from './clients/patch.ts';
import { listReach } from './clients/reach.ts';
import { rotateSecret } from './clients/rotate-secret.ts';
import { testTrust, testUnsavedTrust } from './clients/trust-test.ts';
import { createConnection } from './connections/create.ts';
import { putCredential } from './connections/credential.ts';
import { deleteConnection } from './connections/delete.ts';
import { getConnection, listConnections } from './connections/list.ts';
import { patchConnection } from './connections/patch.ts';
import { listPresets } from './connections/presets.ts';
import { readSchema } from './connections/schema.ts';
import { verifyConnection } from './connections/verify.ts';
import { makeBackup } from './data/backup.ts';
import { getBackups } from './data/schedule.ts';
import { createEnvironment } from './environments/create.ts';
import { deleteEnvironment } from './environments/delete.ts';
import { importEnvironments, listImportable } from './environments/import.ts';
import { listEnvironments } from './environments/list.ts';
import { patchEnvironment } from './environments/patch.ts';
import { streamEvents } from './events/stream.ts';
import { explain } from './explain/explain.ts';
import { getExposure } from './exposure/get.ts';
import { showUnused } from './exposure/unused.ts';
import { createFreeze } from './freeze/create.ts';
import { deleteFreeze } from './freeze/delete.ts';
import { listFreezes } from './freeze/list.ts';
import { createGrant } from './grants/create.ts';
import { deleteGrant } from './grants/delete.ts';
import { getGrant, listGrants } from './grants/list.ts';
import { patchGrant } from './grants/patch.ts';
import { previewGrant } from './grants/preview.ts';
import { undoGuardChange } from './guard-changes/undo.ts';
import { getGuardrails } from './guardrails/get.ts';
import { putGuardrails } from './guardrails/put.ts';
import { cancelHold } from './holds/cancel.ts';
import { getHold, listHolds } from './holds/list.ts';
import { releaseHold } from './holds/release.ts';
import { compromiseKey } from './keys/compromise.ts';
import { getKeyFile, putKeyFile } from './keys/key-file.ts';
import { listKeys } from './keys/list.ts';
import { rotateKeys } from './keys/rotate.ts';
import { createNotification } from './notifications/create.ts';
import { deleteNotification } from './notifications/delete.ts';
import { listNotifications } from './notifications/list.ts';
import { patchNotification } from './notifications/patch.ts';
import { testNotification } from './notifications/test.ts';
import { admitArguments, dismissArgument, dismissOperation } from './operations/admit.ts';
import { listInventory } from './operations/inventory.ts';
import { listOperations } from './operations/list.ts';
import { putOperation } from './operations/put.ts';
import { challengePasskey } from './passkeys/challenge.ts';
import { createPasskey } from './passkeys/create.ts';
import { deletePasskey } from './passkeys/delete.ts';
import { listOwnPasskeys } from './passkeys/list.ts';
import { listProviders } from './providers/list.ts';
import { getRefusal } from './refusals/get.ts';
import { listRefusals } from './refusals/of-client.ts';
import { getOwnApproval } from './self/approvals.ts';
import { endSelf } from './self/end.ts';
import { explainSelf } from './self/explain.ts';
import { getSelf } from './self/get.ts';
import { cancelOwnHold, getOwnHold, takeApprovalResult, takeHoldResult } from './self/holds.ts';
import { listOwnOperations } from './self/operations.ts';
import { deleteSession } from './session/delete.ts';
import { deleteOtherSessions } from './session/delete-others.ts';
import { listOwnSessions } from './session/list.ts';
import { getMe } from './session/me.ts';
import { signInMethods } from './session/methods.ts';
import { patchMe } from './session/patch-me.ts';
import { setOwnPassword } from './session/set-password.ts';
import { getSetup } from './setup/get.ts';
import { endTask } from './tasks/end.ts';
import { getTask, listTasks } from './tasks/list.ts';
import { listTokens } from './tokens/list.ts';
import { revokeTokens } from './tokens/revoke.ts';
import { acceptLink } from './users/accept.ts';
import { createUser } from './users/create.ts';
import { deleteUser } from './users/delete.ts';
import { listUsers } from './users/list.ts';
import { patchUser } from './users/patch.ts';
import { resetUser } from './users/reset.ts';

/**
 * The verb of each route, by the route's id. The server checks them against the routes: a verb that takes or returns anything else does
 * not compile.
 */
export const verbs = {
  'setup.get': getSetup,
  'session.methods': signInMethods,
  'me.get': getMe,
  'me.patch': patchMe,
  'me.password': setOwnPassword,
  'sessions.list': listOwnSessions,
  'sessions.delete': deleteSession,
  'sessions.delete_others': deleteOtherSessions,
  'passkeys.challenge': challengePasskey,
  'passkeys.list': listOwnPasskeys,
  'passkeys.create': createPasskey,
  'passkeys.delete': deletePasskey,
  'users.list': listUsers,
  'users.create': createUser,
  'users.patch': patchUser,
  'users.delete': deleteUser,
  'users.reset': resetUser,
  'users.accept': acceptLink,
  'providers.list': listProviders,
  'connections.list': listConnections,
  'connections.create': createConnection,
  'connections.get': getConnection,
  'connections.presets': listPresets,
  'connections.unused': showUnused,
  'connections.patch': patchConnection,
  'connections.delete': deleteConnection,
  'connections.credential': putCredential,
  'connections.verify': verifyConnection,
  'connections.schema': readSchema,
  'environments.list': listEnvironments,
  'environments.create': createEnvironment,
  'environments.importable': listImportable,
  'environments.import': importEnvironments,
  'environments.patch': patchEnvironment,
  'environments.delete': deleteEnvironment,
  'operations.list': listOperations,
  'operations.put': putOperation,
  'operations.dismiss': dismissOperation,
  'operations.admit': admitArguments,
  'operations.dismiss_argument': dismissArgument,
  'inventory.list': listInventory,
  'clients.list': listClients,
  'clients.ci_systems': listCiSystems,
  'clients.create': createClient,
  'clients.get': getClient,
  'clients.reach': listReach,
  'clients.refusals': listRefusals,
  'clients.patch': patchClient,
  'clients.delete': deleteClient,
  'clients.trust_test': testTrust,
  'clients.trust_test_unsaved': testUnsavedTrust,
  'clients.rotate_secret': rotateSecret,
  'exposure.get': getExposure,
  'grants.list': listGrants,
  'grants.create': createGrant,
  'grants.preview': previewGrant,
  'grants.get': getGrant,
  'grants.patch': patchGrant,
  'grants.delete': deleteGrant,
  'refusals.get': getRefusal,
  explain,
  'self.get': getSelf,
  'self.operations': listOwnOperations,
  'self.explain': explainSelf,
  'self.hold': getOwnHold,
  'self.hold_result': takeHoldResult,
  'self.hold_cancel': cancelOwnHold,
  'self.approval': getOwnApproval,
  'self.approval_result': takeApprovalResult,
  'self.end': endSelf,
  'tasks.list': listTasks,
  'tasks.get': getTask,
  'tasks.end': endTask,
  'tokens.list': listTokens,
  'tokens.revoke': revokeTokens,
  'allowances.list': listAllowances,
  'allowances.create': createAllowance,
  'allowances.delete': deleteAllowance,
  'approvals.list': listApprovals,
  'approvals.get': getApproval,
  'approvals.approve': approveApproval,
  'approvals.approve_all': approveAllApprovals,
  'approvals.deny': denyApproval,
  'approvals.look': lookAtApproval,
  'approvals.reopen': reopenApproval,
  'guardrails.get': getGuardrails,
  'guardrails.put': putGuardrails,
  'guardrails.undo': undoGuardChange,
  'freeze.list': listFreezes,
  'freeze.create': createFreeze,
  'freeze.delete': deleteFreeze,
  'notifications.list': listNotifications,
  'notifications.create': createNotification,
  'notifications.patch': patchNotification,
  'notifications.delete': deleteNotification,
  'notifications.test': testNotification,
  'events.stream': streamEvents,
  'holds.list': listHolds,
  'holds.get': getHold,
  'holds.cancel': cancelHold,
  'holds.release': releaseHold,
  'audit.list': listAudit,
  'audit.histogram': countAudit,
  'audit.export': exportAudit,
  'audit.checkpoint': getCheckpoint,
  'audit.proof': getProof,
  'audit.prune': pruneAudit,
  'backup.get': getBackups,
  'backup.make': makeBackup,
  'keys.list': listKeys,
  'keys.rotate': rotateKeys,
  'keys.compromise': compromiseKey,
  'key_file.get': getKeyFile,
  'key_file.put': putKeyFile,
} as const;
