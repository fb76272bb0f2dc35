import type { InputOf } from '@writ/api';
import { makeId, WritError } from '@writ/core';
import { createFirstOwner, isSetUp } from '@writ/store';
import { takeAttemptFor } from '../attempts/take.ts';
import { change } from '../audit/record.ts';
import type { Ctx, PublicActor } from '../context.ts';
import { checkNewPassword } from '../password/policy.ts';
import { type SignedIn, signedIn } from '../session/signed-in.ts';
import { startSession } from '../session/start.ts';
import { hashSetupToken } from './open.ts';

/**
 * Makes the first owner and signs them in: once, atomically, with a set-up token that is not older than 30 minutes. Throws
 * `conflict` when set-up is over, `forbidden` for a token that is not good, `validation_failed` for the password.
 */
export async function setUp(ctx: Ctx<PublicActor>, input: InputOf<'setup.create'>): Promise<SignedIn> {
  const { organization_id } = ctx;
  const { email, name, password, client } = input;
  checkNewPassword(password, { email, name });
  if (await isSetUp(ctx.store.db, { organization_id })) throw setupIsOver();
  await takeAttemptFor(ctx, { kind: 'link' });
  const password_hash = await ctx.hashing.hash(password);
  const now = ctx.now();
  const id = makeId('user', { now, randomBytes: ctx.randomBytes });
  const user = { organization_id, id, email, name, password_hash, created_at: now };
  const token_hash = hashSetupToken(ctx, input.setup_token);
  const made = await change(ctx, async (tx) => {
    const owner = await createFirstOwner(tx, { user, token_hash, now });
    if (owner === undefined) return { result: undefined, happened: [] };
    const started = await startSession(ctx, tx, { user_id: id, client });
    return { result: signedIn(owner, started), happened: { kind: 'setup.completed', data: { user_id: id } } };
  });
  return made ?? (await refuse(ctx));
}

async function refuse(ctx: Ctx): Promise<never> {
  if (await isSetUp(ctx.store.db, { organization_id: ctx.organization_id })) throw setupIsOver();
  throw new WritError('forbidden', {
    detail: 'The set-up token is wrong or older than 30 minutes. Start Writ again to get a new one.',
  });
}

function setupIsOver(): WritError {
  return new WritError('conflict', { detail: 'Writ has its owner already. Sign in instead.' });
}
