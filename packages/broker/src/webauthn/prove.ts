import type { PasskeyProof } from '@writ/api';
import { countPasskeyUse, findPasskey, lockPasskey, type Passkey, recentOfKinds, type User } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, Services } from '../context.ts';
import { type ChallengeFor, type OpenChallenge, openChallenge, useChallenge } from './challenges.ts';
import { challengeIn, type Proven, verifyProof } from './webauthn.ts';

/**
 * Why a proof was refused. `challenge`: what it signed is not ours, was for something else, or is over. `unknown`: no such passkey, or
 * another user's. `wrong`: signature, origin, host name, or the person was not verified. `used`: it was good, once. `count`: the device has
 * counted this far before, so there are two of it.
 */
export type ProofProblem = 'challenge' | 'unknown' | 'wrong' | 'used' | 'count';

/** A proof that was good, and whose it is; or why it is none. The passkey is told where the signature was good. */
export type ProvenBy =
  | { readonly passkey: Passkey; readonly user: User }
  | { readonly problem: ProofProblem; readonly passkey?: Passkey };

/**
 * Checks a proof by a passkey, and uses it up. What costs nothing comes first, and nothing is written before the signature was good.
 * `user_id`: whose passkey it must be; absent where that is what it shall tell.
 */
export async function proveByPasskey(
  services: Services,
  asked: { readonly proof: PasskeyProof; readonly purpose: ChallengeFor; readonly user_id?: string },
): Promise<ProvenBy> {
  const { organization_id, store } = services;
  const { proof, purpose } = asked;
  const challenge = openChallenge(services, challengeIn(proof.response) ?? '', purpose);
  if (challenge === undefined) return { problem: 'challenge' };
  const found = await findPasskey(store.db, { organization_id, credential_id: proof.id });
  if (found === undefined || !isOf(found.user, asked)) return { problem: 'unknown' };
  const { passkey, user } = found;
  const proven = await verifyProof(services, { proof, challenge: challenge.text, passkey });
  if (proven === undefined) return { problem: 'wrong' };
  const problem = await use(services, { challenge, passkey, proven });
  return problem === undefined ? { passkey, user } : { problem, passkey };
}

/** Tells whether a passkey's user is the one that is asked for, and the one that the device says. A sign-in must have the device say one. */
function isOf(user: User, { proof, user_id }: { readonly proof: PasskeyProof; readonly user_id?: string }): boolean {
  const { userHandle } = proof.response;
  const isSaid = userHandle === Buffer.from(user.id, 'utf8').toString('base64url');
  return user_id === undefined ? isSaid : user.id === user_id && (isSaid || userHandle == null);
}

/** For how long a passkey that was refused is not told of again, in milliseconds. */
const TOLD_EVERY = 3600_000;

/**
 * Records that a device of which there are two was refused: somebody has a copy of it. Once an hour for each passkey, since its user and all
 * owners are told by mail, and who has the copy could go on for ever.
 */
export async function recordCopy(
  ctx: Ctx,
  refused: { readonly passkey: Passkey; readonly result: 'unauthenticated' | 'assertion_required' },
): Promise<void> {
  const { passkey, result } = refused;
  const { organization_id } = ctx;
  const kind = 'passkey.refused';
  const data = { user_id: passkey.user_id, passkey_id: passkey.id, reason: 'count' };
  await change(ctx, async (tx) => {
    // Locked, so that of two at once one sees the other.
    const isThere = await lockPasskey(tx, { organization_id, id: passkey.id });
    const since = ctx.now() - TOLD_EVERY;
    const about = ['passkey_id', passkey.id] as const;
    const told = await recentOfKinds(tx, { organization_id, kinds: [kind], since, limit: 1, about });
    return { result: undefined, happened: isThere && told.length === 0 ? [{ kind, result, data }] : [] };
  });
}

interface Use {
  readonly challenge: OpenChallenge;
  readonly passkey: Passkey;
  readonly proven: Proven;
}

/** Uses up the challenge and counts the use: each in the statement that checks it. A challenge is used up also where the count is wrong. */
async function use(services: Services, { challenge, passkey, proven }: Use): Promise<'used' | 'count' | undefined> {
  const { organization_id, store } = services;
  const { id } = passkey;
  return await store.transaction(async (tx) => {
    if (!(await useChallenge(services, tx, challenge))) return 'used';
    return (await countPasskeyUse(tx, { organization_id, id, now: services.now(), ...proven })) ? undefined : 'count';
  });
}
