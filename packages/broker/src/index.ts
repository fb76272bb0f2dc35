/**
 * The product's verbs: folder = noun, file = verb, signature `(ctx, input)`.
 * Never speaks HTTP: endpoints translate, verbs act.
 */
export { checkAssertion } from './assertion/check.ts';
export { exportAudit } from './audit/export.ts';
export { listAudit } from './audit/list.ts';
export { actorName, type Changed, change, type Happening, record } from './audit/record.ts';
export * from './context.ts';
export { createFreeze } from './freeze/create.ts';
export { deleteFreeze } from './freeze/delete.ts';
export { listFreezes } from './freeze/list.ts';
export { type Live, openLive } from './gateway/live.ts';
export { createGatewayPorts } from './gateway/ports.ts';
export { getGuardrails } from './guardrails/get.ts';
export { putGuardrails } from './guardrails/put.ts';
export { listKeys } from './keys/list.ts';
export { createHashing, type HashingOptions } from './password/hashing.ts';
export { authenticateSession } from './session/authenticate.ts';
export { createSession } from './session/create.ts';
export { deleteSession } from './session/delete.ts';
export { listOwnSessions } from './session/list.ts';
export { getMe } from './session/me.ts';
export type { SignedIn } from './session/signed-in.ts';
export { setUp } from './setup/create.ts';
export { openSetup } from './setup/open.ts';
export { acceptLink } from './users/accept.ts';
export { createUser } from './users/create.ts';
export { deleteUser } from './users/delete.ts';
export { listUsers } from './users/list.ts';
export { patchUser } from './users/patch.ts';
export { resetUser } from './users/reset.ts';
export { resetUserLocally } from './users/reset-local.ts';
