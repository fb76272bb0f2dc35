import type { OutputOf } from '@writ/api';
import { makeId } from '@writ/core';
import { closeLinks, insertLink, type Tx } from '@writ/store';
import { hashBearer, makeBearer } from '../bearer.ts';
import type { Ctx } from '../context.ts';
import { timeOut } from '../page.ts';

const LIFE = 24 * 3600_000;

/** Makes the link by which a user chooses a password; earlier links stop working. */
export async function makeLink(
  ctx: Ctx,
  tx: Tx,
  { user_id, kind }: { readonly user_id: string; readonly kind: 'invite' | 'reset' },
): Promise<OutputOf<'users.create'>> {
  const { organization_id } = ctx;
  const now = ctx.now();
  const token = makeBearer(ctx, 'link');
  for (const open of ['invite', 'reset'] as const) await closeLinks(tx, { organization_id, kind: open, user_id, now });
  await insertLink(tx, {
    organization_id,
    id: makeId('link', { now, randomBytes: ctx.randomBytes }),
    kind,
    token_hash: hashBearer(ctx, 'link', token.expose()),
    user_id,
    created_at: now,
    expires_at: now + LIFE,
  });
  // In the URL's fragment, which does not reach the logs of servers and proxies.
  const link = `${ctx.config.publicUrl}/accept#token=${token.expose()}`;
  return { id: user_id, link, expires_at: timeOut(now + LIFE) };
}
