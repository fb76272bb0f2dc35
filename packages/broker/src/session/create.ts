import type { InputOf } from '@writ/api';
import { defined, WritError } from '@writ/core';
import {
  findPasskey,
  findUserByEmail,
  isSetUp,
  lockUser,
  type Passkey,
  type Tx,
  type User,
  updateUser,
} from '@writ/store';
import { takeAttemptFor } from '../attempts/take.ts';
import { change, record } from '../audit/record.ts';
import type { Ctx, PublicActor, UserActor } from '../context.ts';
import { needsRehash } from '../password/hashing.ts';
import { proveByPasskey, recordCopy } from '../webauthn/prove.ts';
import { type SignedIn, signedIn } from './signed-in.ts';
import { startSession } from './start.ts';

type Input = InputOf<'session.create'>;

/**
 * Signs a user in. Throws `unauthenticated` (the same for an unknown address and a wrong password, after the same work),
 * `too_many_attempts`, or `conflict` while there is nobody who could.
 */
export async function createSession(ctx: Ctx<PublicActor>, input: Input): Promise<SignedIn> {
  return 'passkey' in input ? await byPasskey(ctx, input) : await byPassword(ctx, input);
}

/** No attempts are counted: there is nothing to guess, and nothing is written for a stranger before a signature was good. */
async function byPasskey(ctx: Ctx<PublicActor>, input: Extract<Input, { passkey: unknown }>): Promise<SignedIn> {
  const proven = await proveByPasskey(ctx, { proof: input.passkey, purpose: { for: 'session' } });
  if ('user' in proven) return await begin(ctx, { user: proven.user, client: input.client, passkey: proven.passkey });
  const { problem, passkey } = proven;
  if (problem === 'count' && passkey !== undefined) await recordCopy(ctx, { passkey, result: 'unauthenticated' });
  throw new WritError('unauthenticated', {
    detail: 'This passkey is not known here, or its proof is not good. Try again, or sign in with your password.',
  });
}

async function byPassword(ctx: Ctx<PublicActor>, input: Extract<Input, { password: unknown }>): Promise<SignedIn> {
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
  /** What the user proved it with; absent: a password. */
  readonly passkey?: Passkey;
  /** Hashes the password again, where that was done with older parameters. */
  readonly password_hash?: string;
}

async function begin(ctx: Ctx, { user, client, passkey, password_hash }: Begin): Promise<SignedIn> {
  const { organization_id } = ctx;
  const started = await change(asUser(ctx, user), async (tx) => {
    await demandStill(ctx, tx, { user, ...defined({ passkey }) });
    if (password_hash !== undefined) {
      await updateUser(tx, { organization_id, id: user.id, set: { password_hash } });
    }
    const result = await startSession(ctx, tx, { user_id: user.id, client });
    const by = passkey === undefined ? 'password' : 'passkey';
    const data = { session_id: result.session.id, client, by, ...(passkey && { passkey_id: passkey.id }) };
    return { result, happened: { kind: 'session.created', data } };
  });
  return signedIn(user, started);
}

/**
 * Throws `unauthenticated` where what was proved counts no more: to verify takes long, and whoever changes a password, or resets a user, means
 * to keep out who comes with the old one. Locks the user, so that either of the two comes first.
 */
async function demandStill(ctx: Ctx, tx: Tx, { user, passkey }: Pick<Begin, 'user' | 'passkey'>): Promise<void> {
  const { organization_id } = ctx;
  const now = await lockUser(tx, { organization_id, id: user.id });
  if (now === undefined) throw new WritError('unauthenticated');
  if (passkey === undefined) {
    if (now.password_hash !== user.password_hash) throw new WritError('unauthenticated');
    return;
  }
  const { credential_id } = passkey;
  const found = await findPasskey(tx, { organization_id, credential_id });
  if (found?.passkey.id !== passkey.id) throw new WritError('unauthenticated');
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
