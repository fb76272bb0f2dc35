/** A broker in the test's own process whose owner has a passkey, and what is asked of it in tests of passkeys. */
import { randomBytes } from 'node:crypto';
import { authenticateSession, type Ctx, checkAssertion, createSession, type UserActor } from '@writ/broker';
import { makeId, type WritError } from '@writ/core';
import { clearSignInFailures, insertUser } from '@writ/store';
import { challengePasskey } from '../../packages/broker/src/passkeys/challenge.ts';
import { createPasskey } from '../../packages/broker/src/passkeys/create.ts';
import { startSession } from '../../packages/broker/src/session/start.ts';
import { type Authenticator, createAuthenticator, type Lies, type Proof } from './authenticator.ts';
import { type InProcess, openInProcess } from './in-process.ts';
import type { DatabaseKind } from './store.ts';

/** Where the broker's pages are. */
export const ORIGIN = 'http://localhost:8700';

/** A change that is to be proved, where no other is named. */
export const CHANGE = { method: 'POST', path: '/api/v1/freeze', body: { all: true, reason: 'x' } } as const;

/** The code with which something was refused, or `done`. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: WritError) => error.code,
  );

/** Opens the scene. Its clock stands. */
export async function openPasskeyScene(database: DatabaseKind) {
  const broker = await openInProcess(database, { empty: true, stands: true });
  const owner = await broker.signUp();
  const scene = { broker, owner, ...asking(broker) };
  return { ...scene, device: await scene.registered(owner.ctx) };
}

function asking(broker: InProcess) {
  /** A request that came with a password that was right. */
  const asserted = (ctx: Ctx<UserActor>): Ctx<UserActor> => ({ ...broker.as(ctx.actor), asserted: 'password' });

  const toRegister = async (ctx: Ctx<UserActor>) =>
    (await challengePasskey(broker.as(ctx.actor), { for: 'register' })).options;
  const toSignIn = async () => (await challengePasskey(broker.anyone(), { for: 'session' })).options;
  const toChange = async (ctx: Ctx<UserActor>) =>
    (await challengePasskey(broker.as(ctx.actor), { for: 'change', change: CHANGE })).options;

  const signInWith = (passkey: Proof) => createSession(broker.anyone(), { passkey, client: 'browser' });

  /** Registers a passkey of a new authenticator, with or without one thing wrong. */
  async function registering(ctx: Ctx<UserActor>, lies: Lies = {}): Promise<string> {
    const response = createAuthenticator(ORIGIN).create(await toRegister(ctx), lies);
    return await codeOf(createPasskey(asserted(ctx), { name: 'x', response }));
  }

  async function registered(ctx: Ctx<UserActor>, on = createAuthenticator(ORIGIN)): Promise<Authenticator> {
    await createPasskey(asserted(ctx), { name: 'Laptop', response: on.create(await toRegister(ctx)) });
    return on;
  }

  /** Proves a change; guesses before it are forgotten. */
  async function proving(ctx: Ctx<UserActor>, passkey: Proof, change: object = CHANGE): Promise<string> {
    const { organization_id, store } = broker.services;
    await clearSignInFailures(store.db, { organization_id, subject: `session:${ctx.actor.session_id}` });
    const asked = { assertion: { passkey }, route: 'freeze.create', change: { ...CHANGE, ...change } };
    return await codeOf(checkAssertion(broker.as(ctx.actor), asked));
  }

  /** Another user, with a session. */
  async function invited(): Promise<{ id: string; ctx: Ctx<UserActor> }> {
    const { organization_id, store, now } = broker.services;
    const id = makeId('user', { now: now(), randomBytes });
    const who = { email: `${id}@example.com`, name: 'Ann', role: 'admin', password_hash: 'fake' } as const;
    await store.transaction((tx) => insertUser(tx, { organization_id, id, ...who, created_at: now() }));
    return { id, ctx: await session(id) };
  }

  /** One more session of a user: a sign-in by password would cost a hash. */
  async function session(user_id: string, client: 'browser' | 'cli' = 'browser'): Promise<Ctx<UserActor>> {
    const ctx = broker.anyone();
    const { token } = await ctx.store.transaction((tx) => startSession(ctx, tx, { user_id, client }));
    return broker.as(await authenticateSession(broker.services, { token: token.expose(), client }));
  }

  return { asserted, toRegister, toSignIn, toChange, signInWith, registering, registered, proving, invited, session };
}
