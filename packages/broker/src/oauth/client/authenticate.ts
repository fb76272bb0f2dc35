/**
 * Finds out who asks for a token: by exactly one method, which must be the one the client is registered with (model#client-authentication).
 */
import { hash } from 'node:crypto';
import { canonicalJson, type Secret, WritError } from '@writ/core';
import { type Client, getClient, replaceSecretHash, useAssertion } from '@writ/store';
import {
  CLIENT_ASSERTION_TYPE,
  clientSecretMatches,
  hashClientSecret,
  isClientSecret,
  parseBasic,
  peekClientId,
  verifyClientAssertion,
} from '@writ/tokens';
import { storedAuth } from '../../clients/view.ts';
import type { Ctx } from '../../context.ts';
import { readHash } from '../../keys/kept.ts';
import type { Form } from './form.ts';
import { invalidClient, OAuthError } from './oauth-error.ts';

/** A token request as it came. */
export interface Presented {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  readonly form: Form;
}

/** Tells which client asks. Throws `OAuthError`: `invalid_request` for two methods, else the one `invalid_client`. */
export async function authenticateClient(ctx: Ctx, presented: Presented): Promise<Client> {
  const { authorization, form } = presented;
  const methods = [authorization !== undefined, form.has('client_assertion'), form.has('client_secret')];
  const count = methods.filter(Boolean).length;
  if (count > 1)
    throw new OAuthError('invalid_request', 'The client must prove itself in exactly one way.', 'two_methods');
  if (count === 0) throw invalidClient('no_method');
  if (form.has('client_secret')) throw secretInForm();
  return authorization === undefined ? await byAssertion(ctx, form) : await bySecret(ctx, { authorization, form });
}

/** The same sentence for everybody, so that it tells nothing about any client; the methods are in the metadata. */
function secretInForm(): OAuthError {
  return new OAuthError(
    'invalid_client',
    'This client proves itself by HTTP Basic: send client_id and client_secret in the Authorization header (client_secret_basic), not in the form.',
    'client_secret_post',
  );
}

/** The hash with which an unknown client's secret is compared, so that it takes as long. */
const NOBODY = '0'.repeat(64);

/**
 * The digest of the header by which a client proved itself, kept with the client as it was read: only a new reading can change what
 * proves it. Programs send the same header every time, and its digest costs a tenth of the keyed hash.
 */
const provedBy = new WeakMap<Client, string>();

async function bySecret(
  ctx: Ctx,
  { authorization, form }: { readonly authorization: string; readonly form: Form },
): Promise<Client> {
  const basic = parseBasic(authorization);
  if (basic === undefined) throw invalidClient('malformed');
  const { client_id, client_secret } = basic;
  const digest = hash('sha256', authorization, 'base64');
  const proved = await proveClient(ctx, client_id, (client) => {
    const isForIt = isNamed(form, client_id);
    if (isForIt && client !== undefined && provedBy.get(client) === digest) return undefined;
    const usable = client !== undefined && storedAuth(client.auth).method === 'client_secret_basic';
    const kept = readHash((usable ? client.secret_hash : null) ?? NOBODY);
    const pepper = ctx.deriveKey('client_secret', kept.kek_id);
    const matches = clientSecretMatches(client_secret, { hash: kept.hash, pepper });
    if (!isForIt) return 'other_client_id';
    if (client === undefined) return 'unknown';
    if (!usable) return 'other_method';
    if (!matches || client.secret_hash === null || !isClientSecret(client_secret.expose())) return 'secret';
    provedBy.set(client, digest);
    return undefined;
  });
  return await hashedAnew(ctx, proved, client_secret);
}

/**
 * The client, with its secret hashed by today's key where that was done with a replaced one: so somebody with the old key knows less from
 * then on.
 */
async function hashedAnew(ctx: Ctx, client: Client, secret: Secret): Promise<Client> {
  const { organization_id, store, live } = ctx;
  const { client_id, secret_hash: before } = client;
  if (before === null || readHash(before).kek_id === undefined) return client;
  const secret_hash = hashClientSecret(secret, ctx.deriveKey('client_secret'));
  const isReplaced = await store.transaction((tx) =>
    replaceSecretHash(tx, { organization_id, client_id, before, secret_hash }),
  );
  if (!isReplaced) return client;
  live.forget([{ scope: 'client', subject: client_id }]);
  return { ...client, secret_hash };
}

async function byAssertion(ctx: Ctx, form: Form): Promise<Client> {
  const assertion = form.get('client_assertion') ?? '';
  if (form.get('client_assertion_type') !== CLIENT_ASSERTION_TYPE) throw invalidClient('assertion_type');
  const client_id = peekClientId(assertion);
  if (client_id === undefined) throw invalidClient('unknown');
  const { store, organization_id, config } = ctx;
  return await proveClient(ctx, client_id, async (client) => {
    const auth = client === undefined ? undefined : storedAuth(client.auth);
    const usable = auth?.method === 'private_key_jwt' && client?.disabled_at === null && isNamed(form, client_id);
    const result = await verifyClientAssertion(assertion, {
      client_id,
      // Without keys it takes the same work as with keys that did not make it.
      jwks: usable ? auth.jwks : { keys: [] },
      issuer: config.publicUrl,
      now: ctx.now(),
      useOnce: ({ client_id: issuer, jti, expires_at }) =>
        useAssertion(store.db, { organization_id, issuer, jti, expires_at }),
    });
    if (client === undefined) return 'unknown';
    if (auth?.method !== 'private_key_jwt') return 'other_method';
    if (client.disabled_at !== null) return 'disabled';
    return result.ok ? undefined : result.reason;
  });
}

/** Tells whether the form, where it names a client, names the one that proves itself. */
function isNamed(form: Form, client_id: string): boolean {
  return (form.get('client_id') ?? client_id) === client_id;
}

/**
 * Finds a client and checks its proof. Every refusal takes the same work of looking up and comparing, whether the client exists or not,
 * so that the time of the answer tells nothing. `check` tells what is wrong with the proof; undefined for a good one. Throws
 * `OAuthError`.
 */
async function proveClient(
  ctx: Ctx,
  client_id: string,
  check: (client: Client | undefined) => string | undefined | Promise<string | undefined>,
): Promise<Client> {
  // The client as remembered: a token is recorded only if nothing of the client has changed since.
  const remembered = ctx.live.isFresh() ? ctx.live.clients.remembered(client_id)?.client : undefined;
  const client = remembered ?? (await findClient(ctx, client_id));
  const problem = await check(client);
  if (client !== undefined && problem === undefined && client.disabled_at === null) return client;
  // A stranger is looked up in the database; a client that is remembered is too, once it is refused.
  if (remembered !== undefined) await findClient(ctx, client_id);
  throw invalidClient(problem ?? 'disabled');
}

/** The form of a client id. */
const CLIENT_ID = /^[\x21-\x7e]{1,200}$/;

/** A client by its id, also one that is disabled, by one look-up. Undefined when there is none. */
export async function findClient(ctx: Ctx, client_id: string): Promise<Client | undefined> {
  const { organization_id, store } = ctx;
  // Anybody may send any name: the database is not asked for one that it cannot hold.
  return CLIENT_ID.test(client_id) ? await getClient(store.db, { organization_id, client_id }) : undefined;
}

/**
 * Checks that what a client proved itself by is still good. The client is looked up as remembered, and another broker may just have
 * replaced its secret or keys. Throws `OAuthError` (`invalid_client`).
 */
export function demandStillProved(proved: Client, now: Client): void {
  if (proved === now) return;
  const same = proved.secret_hash === now.secret_hash && canonicalJson(proved.auth) === canonicalJson(now.auth);
  if (same) return;
  if (wasHashedAnew(proved, now)) throw new WritError('unavailable', { detail: 'Try again.', retry_after: 1 });
  throw invalidClient('replaced');
}

/** True where the secret may be the same, hashed with today's key meanwhile: a repeated request is proved by that. */
function wasHashedAnew(proved: Client, now: Client): boolean {
  const isOfReplacedKey = (hash: string | null): boolean => hash !== null && readHash(hash).kek_id !== undefined;
  return isOfReplacedKey(proved.secret_hash) && !isOfReplacedKey(now.secret_hash);
}
