import { pruneChanges, sweepEnded, sweepExpired } from '@writ/store';
import { expireAllowed } from '../allowances/expire.ts';
import { expireAll } from '../approvals/expire.ts';
import { remindOfAll } from '../approvals/remind.ts';
import type { Ctx, SystemActor } from '../context.ts';

/** For how long expired things are still shown in lists, and known addresses stay known, in milliseconds. */
const KEPT_DAYS = 7;
const KEPT = KEPT_DAYS * 24 * 3600_000;
/** How long a used assertion or proof is kept after it could no longer be used again: much longer than clocks differ. */
const USED_KEPT = 3600_000;
/** For how long changes are kept: a broker that is further behind must forget everything it remembers. */
const CHANGES_KEPT = 3600_000;
const CHANGES_AT_ONCE = 10_000;

/** Removes rows that have been of no use for a week. Nothing relies on it: expiry is checked where a row is used (invariant 12). */
export async function sweep(ctx: Ctx<SystemActor>): Promise<void> {
  const { organization_id, store } = ctx;
  const now = ctx.now();
  await sweepExpired(store.db, { organization_id, before: now - KEPT, used_before: now - USED_KEPT });
  await expireAll(ctx);
  await store.transaction((tx) => sweepEnded(tx, { organization_id, days: KEPT_DAYS }));
  await remindOfAll(ctx);
  await expireAllowed(ctx);
  await store.transaction((tx) =>
    pruneChanges(tx, { organization_id, before: now - CHANGES_KEPT, limit: CHANGES_AT_ONCE }),
  );
}
