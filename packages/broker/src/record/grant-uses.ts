/** Which grants are to be noted as used: each at most once an hour, so that a call seldom writes more than its event. */
import { type Decision, onceFor } from '@writ/core';
import type { Services } from '../context.ts';

const HOUR = 3_600_000;

/** More grants than a deployment has; where it has more, some are noted sooner. */
const MOST = 50_000;

/** When each grant was last noted by this broker, milliseconds, for each log. */
const notedIn = onceFor((_log: Services['audit']) => new Map<string, number>());

/** The grants that cover a call and that this broker has not noted within the hour. */
export function usesToNote({ audit, now }: Pick<Services, 'audit' | 'now'>, { pairs }: Decision): string[] {
  const noted = notedIn(audit);
  const since = now() - HOUR;
  const due = new Set<string>();
  for (const { grant_ids } of pairs) for (const id of grant_ids) if ((noted.get(id) ?? 0) <= since) due.add(id);
  return [...due];
}

/** To be called once the call was recorded, and with it that these grants were used. */
export function rememberUses({ audit, now }: Pick<Services, 'audit' | 'now'>, decision: Decision): void {
  const due = usesToNote({ audit, now }, decision);
  const noted = notedIn(audit);
  if (noted.size + due.length > MOST) noted.clear();
  for (const id of due) noted.set(id, now());
}
