/** A request that waits, as it came and as it is to be sent: sealed until it is decided anew, without the token that it came with. */
import { CLIENT_KINDS, type ProviderRequest, Secret } from '@writ/core';
import type { DecidedCall } from '@writ/gateway';
import type { Approval, Hold } from '@writ/store';
import { accessTokenClaimsSchema, type VerifiedAccessToken } from '@writ/tokens';
import { z } from 'zod';
import type { Services } from '../context.ts';
import { openBody, type SealedBody, type Vault } from './body.ts';

const requestBytes = {
  method: z.string(),
  path: z.string(),
  query: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Base64. */
  body: z.string(),
};

/**
 * Everything by which a request can be decided anew. The token itself is not kept, only what it said: it was verified when the request
 * came. `v`: the version of this form.
 */
const keptRequestSchema = z.strictObject({
  v: z.literal(1),
  ...requestBytes,
  /** The request in Writ's own spelling: what is judged, hashed and sent. Only shown to people; it is made anew when it is sent. */
  forward: z.strictObject(requestBytes),
  /** The connection's slug, and its public URL in the form the request came by. */
  connection: z.string(),
  public_base: z.string(),
  client_kind: z.enum(CLIENT_KINDS),
  kid: z.string(),
  claims: accessTokenClaimsSchema,
  /** When the request was decided, in milliseconds: the moment as of which its token must not have expired. */
  asked_at: z.number().int(),
});
export type KeptRequest = z.infer<typeof keptRequestSchema>;

/** A call that has to wait, and the token that it came with. */
export interface WaitingCall {
  readonly call: Pick<DecidedCall, 'canonical' | 'resolved' | 'public_base'>;
  readonly connection: string;
  readonly client_kind: KeptRequest['client_kind'];
  readonly token: VerifiedAccessToken;
}

/** The id under which the bytes of a hold are kept: an approval's are kept under its own from the moment it was asked for. */
export function keptIdOf({ id, approval_id }: Pick<Hold, 'id' | 'approval_id'>): string {
  return approval_id ?? id;
}

/** Seals a request that waits, under the id of its approval or else its hold. `keepBody` then keeps it. */
export async function sealRequest(
  { organization_id, vault, now }: Vault & Pick<Services, 'now'>,
  { id, waiting }: { readonly id: string; readonly waiting: WaitingCall },
): Promise<SealedBody> {
  const text = JSON.stringify(requestOf(waiting, now()));
  return await vault.sealKeptBody(new Secret(text, 'kept request'), { organization_id, id, part: 'request' });
}

function requestOf({ call, connection, client_kind, token }: WaitingCall, now: number): KeptRequest {
  return {
    v: 1,
    ...bytesOf(call.canonical.request),
    forward: bytesOf(call.resolved.classified.forward),
    ...{ connection, public_base: call.public_base, client_kind },
    ...{ kid: token.kid, claims: token.claims, asked_at: Math.floor(now) },
  };
}

function bytesOf({ method, path, query, headers, body }: ProviderRequest): KeptRequest['forward'] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  return { method, path, query, headers: { ...headers }, body: bytes.toString('base64') };
}

/** Opens a request that waits; undefined where it was used up or erased. Throws `WritError` (`unavailable`) where it does not open. */
export async function openRequest(ctx: Vault & Pick<Services, 'store'>, id: string): Promise<KeptRequest | undefined> {
  const text = await openBody(ctx, id, 'request');
  return text === undefined ? undefined : keptRequestSchema.parse(JSON.parse(text));
}

/** Whether an approval or a hold is of the same client and act chain. */
export function isOf(
  approval: Pick<Approval, 'client_id' | 'act_chain'>,
  { client_id, act_chain }: Pick<Approval, 'client_id' | 'act_chain'>,
): boolean {
  return approval.client_id === client_id && approval.act_chain.join(' ') === act_chain.join(' ');
}
