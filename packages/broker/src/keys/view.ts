import type { OutputOf } from '@writ/api';
import { listSigningKeys, type SigningKey } from '@writ/store';
import type { Ctx } from '../context.ts';
import { timeOrNull, timeOut } from '../page.ts';
import { LIVE_STATES } from './record.ts';

type View = OutputOf<'keys.list'>['items'][number];

/** A signing key as the API shows it: its public half. */
export function keyView({ kid, alg, state, public_jwk, created_at, activated_at, retired_at }: SigningKey): View {
  return {
    kid,
    alg,
    state,
    public_jwk: { ...public_jwk },
    created_at: timeOut(created_at),
    activated_at: timeOrNull(activated_at),
    retired_at: timeOrNull(retired_at),
  };
}

/** The keys that are published now, the oldest first. */
export async function liveKeys({ store, organization_id }: Ctx): Promise<View[]> {
  return (await listSigningKeys(store.db, { organization_id, states: LIVE_STATES })).map(keyView);
}
