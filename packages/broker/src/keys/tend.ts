import { listSigningKeys } from '@writ/store';
import { planRotation } from '@writ/tokens';
import type { Ctx } from '../context.ts';
import { keyRecord, LIVE_STATES, wantedAlgorithms } from './record.ts';
import { turnKeys } from './turn.ts';

/**
 * Does what is due for the signing keys: makes a successor before the month is over, begins to use it, ends the old one, makes a key set
 * that a client asked for. Every broker asks every minute; the one that finds something due does it under the organization's lock, after
 * looking again. Also reads the keys anew, in case a change was missed.
 */
export async function tendKeys(ctx: Ctx): Promise<void> {
  const { organization_id, store } = ctx;
  const rows = await listSigningKeys(store.db, { organization_id, states: LIVE_STATES });
  const algorithms = await wantedAlgorithms(store.db, { organization_id });
  const due = planRotation(rows.map(keyRecord), { now: ctx.now(), algorithms });
  if (due.length === 0) return await ctx.live.keys.reload();
  await turnKeys(ctx, { plan: ({ keys, ...plan }) => ({ steps: planRotation(keys, plan), answer: undefined }) });
}

/** Makes the key set that a client was just set to use, so that it can ask for tokens at once. If it fails, it is done within a minute. */
export async function tendKeySets(
  ctx: Ctx,
  { access_token_signing_alg }: { readonly access_token_signing_alg?: string | undefined },
): Promise<void> {
  if (access_token_signing_alg === undefined) return;
  await tendKeys(ctx).catch((error: unknown) => ctx.log.error('keys.tend', error));
}
