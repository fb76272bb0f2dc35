/** Which grants are to be noted as used: each at most once an hour, so that a call seldom writes more than its event. */
import { type Decision, onceFor } from '@writ/core';
import type { Services } from '../context.ts';

const HOUR = 3_600_000;

/** More grants than a deployment has; where it has more, some are noted sooner. */
const MOST = 50_000;

/** When each grant was last noted by this broker, milliseconds, for each log. */
const notedIn = onceFor((_log: Services['audit']) => new Map<string, number>());

const NONE: readonly string[] = [];

/** The grants that cover a call and that this broker has not noted within the hour: of most calls none. */
export function usesToNote({ audit, now }: Pick<Services, 'audit' | 'now'>, { pairs }: Decision): readonly string[] {
  const noted = notedIn(audit);
  const since = now() - HOUR;
  let due: Set<string> | undefined;
  for (const { grant_ids } of pairs) {
    for (const id of grant_ids) if ((noted.get(id) ?? 0) <= since) due = (due ?? new Set()).add(id);
  }
  return due === undefined ? NONE : [...due];
}

/** To be called with what `usesToNote` said, once the call was recorded, and with it that these grants were used. */
export function rememberUses({ audit, now }: Pick<Services, 'audit' | 'now'>, used: readonly string[]): void {
  if (used.length === 0) return;
  const noted = notedIn(audit);
  if (noted.size + used.length > MOST) noted.clear();
  for (const id of used) noted.set(id, now());
}
