import { counted } from '@writ/core';

/** The API counts what a task has no further than this: it then stands for this many or more. */
const MOST = 1_000;

/** A count of the API's as it is read: `12`, `1000 or more`. */
export function countText(count: number): string {
  return count >= MOST ? `${MOST} or more` : String(count);
}

/** The same with what is counted: `1 live token stops`, `1000 or more live tokens stop`. */
export function countedText(count: number, one: string, many: string): string {
  return count >= MOST ? `${countText(count)} ${many}` : counted(count, one, many);
}
