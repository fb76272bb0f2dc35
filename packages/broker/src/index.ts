/**
 * The product's verbs: folder = noun, file = verb, signature `(ctx, input)`.
 * Never speaks HTTP: endpoints translate, verbs act.
 */
export { type Asserted, checkAssertion } from './assertion/check.ts';
export { tendCheckpoints } from './audit/checkpoint.ts';
export { tendPrunes } from './audit/prune.ts';
export { actorName, recordApiRefusal } from './audit/record.ts';
export { leaveBrokers, tendBrokers } from './brokers/tend.ts';
export type {
  Actor,
  AdminActor,
  AutomationActor,
  BaseServices,
  Ctx,
  Log,
  LogFields,
  Mail,
  PublicActor,
  Services,
  SystemActor,
  TokenActor,
  UserActor,
} from './context.ts';
export { type Export, exportData } from './data/export.ts';
export { type FileSecret, newFileKey, openFileKey } from './data/file-key.ts';
export { type Imported, importData } from './data/import.ts';
export { type Restored, restoreBackup } from './data/restore.ts';
export { type BackupPlace, tendBackups } from './data/schedule.ts';
export { type PresentedToken, wrongDigest } from './dpop/authenticate-token.ts';
export { createGatewayPorts } from './gateway/ports.ts';
export type { Sending } from './holds/execute.ts';
export { runHolds } from './holds/run.ts';
export { sweep } from './housekeeping/sweep.ts';
export { openKeys } from './keys/kept.ts';
export { type RootCredential, replaceKey, rootCredentials } from './keys/replace.ts';
export { tendKeys } from './keys/tend.ts';
export { type LiveOptions, openLive } from './live/open.ts';
export { tendNotifications } from './notifications/tend.ts';
export type { OAuthReply, OAuthRequest } from './oauth/client/endpoint.ts';
export { introspectToken } from './oauth/introspect.ts';
export { gatewayMetadata, oauthMetadata, openidMetadata, publicKeys } from './oauth/metadata.ts';
export { revokeOwnToken } from './oauth/revoke.ts';
export { issueToken } from './oauth/token.ts';
export { createHashing } from './password/hashing.ts';
export { payerOf } from './payer.ts';
export { authenticateSession } from './session/authenticate.ts';
export { createSession } from './session/create.ts';
export { deleteSession } from './session/delete.ts';
export type { SignedIn } from './session/signed-in.ts';
export { setUp } from './setup/create.ts';
export { openSetup, SETUP_LIFE } from './setup/open.ts';
export { authenticateAutomation, authenticateHolder } from './tokens/authenticate.ts';
export { resetUserLocally } from './users/reset-local.ts';
export { throwIfAny } from './validation.ts';
export { verbs } from './verbs.ts';
