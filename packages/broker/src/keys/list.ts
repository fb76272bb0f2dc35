import type { InputOf, OutputOf } from '@writ/api';
import { KEY_STATES, listSigningKeys } from '@writ/store';
import type { Ctx } from '../context.ts';
import { keyView } from './view.ts';

/** Lists the keys that sign access tokens, or did: their public halves. There are at most some hundreds, so one page holds them. */
export async function listKeys(ctx: Ctx, _input: InputOf<'keys.list'>): Promise<OutputOf<'keys.list'>> {
  const keys = await listSigningKeys(ctx.store.db, { organization_id: ctx.organization_id, states: KEY_STATES });
  return { items: keys.map(keyView), next_cursor: null };
}
