import type { InputOf, OutputOf } from '@writ/api';
import { KEY_STATES, listSigningKeys } from '@writ/store';
import type { Ctx } from '../context.ts';
import { timeOrNull, timeOut } from '../page.ts';

/** Lists the keys that sign access tokens, or did: their public halves. There are at most some hundreds, so one page holds them. */
export async function listKeys(ctx: Ctx, _input: InputOf<'keys.list'>): Promise<OutputOf<'keys.list'>> {
  const keys = await listSigningKeys(ctx.store.db, { organization_id: ctx.organization_id, states: KEY_STATES });
  const items = keys.map(({ kid, alg, state, public_jwk, created_at, activated_at, retired_at }) => ({
    kid,
    alg,
    state,
    public_jwk: { ...public_jwk },
    created_at: timeOut(created_at),
    activated_at: timeOrNull(activated_at),
    retired_at: timeOrNull(retired_at),
  }));
  return { items, next_cursor: null };
}
