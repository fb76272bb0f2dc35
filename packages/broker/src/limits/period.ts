import type { Limit } from '@writ/core';
import { timeOrNull } from '../page.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The first Monday, in milliseconds: the epoch was a Thursday. */
const MONDAY = 4 * DAY;

/**
 * When the present period of a limit ends, milliseconds; undefined for a task. For people: what counts is the database's own time, in the
 * statement that counts.
 */
export function periodEnd(per: Limit['per'], now: number): number | undefined {
  if (per === 'task') return undefined;
  if (per === 'hour') return now - (now % HOUR) + HOUR;
  if (per === 'day') return now - (now % DAY) + DAY;
  return now - ((now - MONDAY) % (7 * DAY)) + 7 * DAY;
}

/** The end of a limit's present period as the API shows it. */
export function endOut({ per }: Limit, now: number): string | null {
  return timeOrNull(periodEnd(per, now) ?? null);
}
