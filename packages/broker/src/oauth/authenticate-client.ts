/** Who asks for a token: exactly one method, and that the one the client is registered with (reference: standards 1.3). */
import { WritError } from '@writ/core';
import { type Client, getClient, useAssertion } from '@writ/store';
import {
  CLIENT_ASSERTION_TYPE,
  clientSecretMatches,
  isClientSecret,
  parseBasic,
  peekClientId,
  verifyClientAssertion,
} from '@writ/tokens';
import { storedAuth } from '../clients/view.ts';
import type { Ctx } from '../context.ts';
import type { Form } from './form.ts';
import { invalidClient, OAuthError } from './oauth-error.ts';

/** A token request as it came. */
export interface Presented {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  readonly form: Form;
}

/** Says which client asks. Throws `OAuthError`: `invalid_request` for two methods, else the one `invalid_client`. */
export async function authenticateClient(ctx: Ctx, presented: Presented): Promise<Client> {
  const { authorization, form } = presented;
  const methods = [authorization !== undefined, form.has('client_assertion'), form.has('client_secret')];
  const count = methods.filter(Boolean).length;
  if (count > 1)
    throw new OAuthError('invalid_request', 'The client must prove itself in exactly one way.', 'two_methods');
  if (count === 0) throw invalidClient('no_method');
  if (form.has('client_secret')) throw secretInForm();
  const client =
    authorization === undefined ? await byAssertion(ctx, form) : await bySecret(ctx, { authorization, form });
  if (client.disabled_at !== null) throw invalidClient('disabled');
  return client;
}

/** Said whoever asks, so that it tells nothing of any client: the method is in the metadata besides. */
function secretInForm(): OAuthError {
  return new OAuthError(
    'invalid_client',
    'This client proves itself by HTTP Basic: send client_id and client_secret in the Authorization header (client_secret_basic), not in the form.',
    'client_secret_post',
  );
}

/** What an unknown client's secret is compared with, so that it takes as long. */
const NOBODY = '0'.repeat(64);

async function bySecret(
  ctx: Ctx,
  { authorization, form }: { readonly authorization: string; readonly form: Form },
): Promise<Client> {
  const basic = parseBasic(authorization);
  if (basic === undefined) throw invalidClient('malformed');
  const { client_id, client_secret } = basic;
  const client = await find(ctx, { client_id, form });
  const usable = client !== undefined && storedAuth(client.auth).method === 'client_secret_basic';
  const hash = (usable ? client.secret_hash : null) ?? NOBODY;
  const matches = clientSecretMatches(client_secret, { hash, pepper: ctx.deriveKey('client_secret') });
  if (client === undefined) throw invalidClient('unknown');
  if (!usable) throw invalidClient('other_method');
  if (!matches || client.secret_hash === null || !isClientSecret(client_secret.expose())) throw invalidClient('secret');
  return client;
}

async function byAssertion(ctx: Ctx, form: Form): Promise<Client> {
  const assertion = form.get('client_assertion') ?? '';
  if (form.get('client_assertion_type') !== CLIENT_ASSERTION_TYPE) throw invalidClient('assertion_type');
  const client_id = peekClientId(assertion);
  const client = client_id === undefined ? undefined : await find(ctx, { client_id, form });
  if (client === undefined) throw invalidClient('unknown');
  const auth = storedAuth(client.auth);
  if (auth.method !== 'private_key_jwt') throw invalidClient('other_method');
  if (client.disabled_at !== null) throw invalidClient('disabled');
  const { store, organization_id, config } = ctx;
  const result = await verifyClientAssertion(assertion, {
    client_id: client.client_id,
    jwks: auth.jwks,
    issuer: config.publicUrl,
    now: ctx.now(),
    useOnce: ({ client_id: issuer, jti, expires_at }) =>
      useAssertion(store.db, { organization_id, issuer, jti, expires_at }),
  });
  if (!result.ok) throw invalidClient(result.reason);
  return client;
}

/** What a client id is made of. */
const CLIENT_ID = /^[\x21-\x7e]{1,200}$/;

/** A client by its id, as remembered: also one that is disabled. Undefined when there is none. */
export async function findClient(ctx: Ctx, client_id: string): Promise<Client | undefined> {
  // Anybody may name anything: what is no name is not looked up, and no database is asked for what it cannot hold.
  if (!CLIENT_ID.test(client_id)) return undefined;
  try {
    // As remembered: what is issued is recorded only if nothing of the client has changed since.
    return (await ctx.live.clients.facts(client_id)).client;
  } catch (error) {
    if (!(error instanceof WritError) || error.code === 'unavailable') throw error;
    // Not there, disabled or frozen: it is told which only once it has proved itself.
    const { organization_id, store } = ctx;
    return await getClient(store.db, { organization_id, client_id });
  }
}

async function find(
  ctx: Ctx,
  { client_id, form }: { readonly client_id: string; readonly form: Form },
): Promise<Client | undefined> {
  const said = form.get('client_id');
  return said !== undefined && said !== client_id ? undefined : await findClient(ctx, client_id);
}
