import type { InputOf } from '@writ/api';
import { defined, WritError } from '@writ/core';
import { findUserByEmail, isSetUp, type User, updateUser } from '@writ/store';
import { takeAttemptFor } from '../attempts/take.ts';
import { change, record } from '../audit/record.ts';
import type { Ctx, PublicActor, UserActor } from '../context.ts';
import { needsRehash } from '../password/hashing.ts';
import { type SignedIn, signedIn } from './signed-in.ts';
import { startSession } from './start.ts';

/**
 * Signs a user in. Throws `unauthenticated` (the same for an unknown address and a wrong password, after the same work),
 * `too_many_attempts`, or `conflict` while there is nobody who could.
 */
export async function createSession(ctx: Ctx<PublicActor>, input: InputOf<'session.create'>): Promise<SignedIn> {
  const { organization_id } = ctx;
  const { email, password, client } = input;
  const user = await findUserByEmail(ctx.store.db, { organization_id, email });
  const right = await takeAttemptFor(ctx, { kind: 'sign_in', email, user_id: user?.id });
  const matches = await ctx.hashing.verify(password, user?.password_hash ?? undefined);
  if (!matches || user === undefined) {
    // A refusal here is counted with those of all strangers. Attempts at one account are slowed down, so these are few; of addresses that
    // belong to nobody there is no end.
    if (user !== undefined) {
      await record(ctx, { kind: 'session.refused', result: 'unauthenticated', data: { user_id: user.id } });
    }
    // Done for everybody: an address that nobody has costs the same work.
    if (!(await isSetUp(ctx.store.db, { organization_id }))) throw notSetUp();
    throw new WritError('unauthenticated', { detail: 'The e-mail address or the password is wrong.' });
  }
  await right();
  const password_hash = await freshHash(ctx, user, password);
  return await begin(ctx, { user, client, ...defined({ password_hash }) });
}

function notSetUp(): WritError {
  const detail = 'Nobody has set Writ up yet: the link that the broker printed when it started makes its first owner.';
  return new WritError('conflict', { detail });
}

interface Begin {
  readonly user: User;
  readonly client: 'browser' | 'cli';
  /** Hashes the password again, where that was done with older parameters. */
  readonly password_hash?: string;
}

async function begin(ctx: Ctx, { user, client, password_hash }: Begin): Promise<SignedIn> {
  const { organization_id } = ctx;
  const started = await change(asUser(ctx, user), async (tx) => {
    if (password_hash !== undefined) {
      await updateUser(tx, { organization_id, id: user.id, set: { password_hash } });
    }
    const result = await startSession(ctx, tx, { user_id: user.id, client });
    return { result, happened: { kind: 'session.created', data: { session_id: result.session.id, client } } };
  });
  return signedIn(user, started);
}

async function freshHash(ctx: Ctx, user: User, password: string): Promise<string | undefined> {
  if (user.password_hash === null || !needsRehash(user.password_hash)) return undefined;
  return await ctx.hashing.hash(password);
}

/** The same context, now that it is known who asks. */
function asUser(ctx: Ctx, user: User): Ctx<UserActor> {
  const { id: user_id, email, name, role } = user;
  const actor = {
    kind: 'user',
    user_id,
    email,
    name,
    role,
    session_id: '',
    session_client: 'cli',
    authenticated_at: 0,
  } as const;
  return { ...ctx, actor };
}
