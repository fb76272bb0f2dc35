import type { InputOf, OutputOf } from '@writ/api';
import { listPasskeys } from '@writ/store';
import type { Ctx, UserActor } from '../context.ts';
import { pageIn, pageOut } from '../page.ts';
import { passkeyView } from './view.ts';

/** Lists the user's own passkeys. */
export async function listOwnPasskeys(
  ctx: Ctx<UserActor>,
  input: InputOf<'passkeys.list'>,
): Promise<OutputOf<'passkeys.list'>> {
  const page = await listPasskeys(ctx.store.db, { ...pageIn(ctx, input), user_id: ctx.actor.user_id });
  return pageOut(page, (passkey) => passkeyView(ctx, passkey));
}
