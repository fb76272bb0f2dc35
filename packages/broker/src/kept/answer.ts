/** An answer that is kept for its client, which may be gone by now: as the client would have got it, sealed, for a day. */
import { type ResolvedOperation, Secret } from '@writ/core';
import type { KeptAnswer } from '@writ/gateway';
import { z } from 'zod';
import type { Services } from '../context.ts';
import { openBody, type SealedBody, type Vault } from './body.ts';

/** How long an answer is kept, in seconds. */
export const ANSWER_KEPT = 24 * 3600;

const keptReplySchema = z.strictObject({
  v: z.literal(1),
  status: z.number().int(),
  /** Alternating names and values. */
  headers: z.array(z.string()),
  /** Base64; null where the body was too large to be kept. */
  body: z.string().nullable(),
  /** The connection's slug, and the operations as they were judged last: whoever takes the answer must be covered for them. */
  connection: z.string(),
  operations: z.custom<readonly ResolvedOperation[]>(Array.isArray),
  /** True if the request came with a token that is bound to a key. */
  is_bound: z.boolean(),
});
export type KeptReply = Omit<z.infer<typeof keptReplySchema>, 'v'>;

/** An answer that is to be kept, and the request that it answers. */
export interface Answered extends Pick<KeptReply, 'connection' | 'operations' | 'is_bound'> {
  readonly answer: KeptAnswer;
}

/** Seals an answer under the id of its hold. */
export async function sealAnswer(
  { organization_id, vault }: Vault,
  id: string,
  { answer, connection, operations, is_bound }: Answered,
): Promise<SealedBody> {
  const { status, headers, body } = answer;
  const kept = { status, headers: [...headers], body: body?.toString('base64') ?? null };
  const reply: z.infer<typeof keptReplySchema> = { v: 1, ...kept, connection, operations, is_bound };
  const text = new Secret(JSON.stringify(reply), 'kept answer');
  return await vault.sealKeptBody(text, { organization_id, id, part: 'answer' });
}

/** Opens a kept answer; undefined where none is kept, or its day is over. Throws `WritError` (`unavailable`) where it does not open. */
export async function openAnswer(ctx: Vault & Pick<Services, 'store'>, id: string): Promise<KeptReply | undefined> {
  const text = await openBody(ctx, id, 'answer');
  return text === undefined ? undefined : keptReplySchema.parse(JSON.parse(text));
}
