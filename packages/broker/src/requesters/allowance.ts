/** What the log says of allowances, and how they end with something else: their task, or their maker's role. */
import type { JsonObject } from '@writ/core';
import { type Allowance, type AllowanceEnd, endAllowances, type Tx } from '@writ/store';
import type { BrokerEvent } from '../event.ts';

/** What the log says of one: never conditions' values, which may be of use to who must not know them. */
export function allowanceEvent(
  kind: 'allowance.created' | 'allowance.used' | 'allowance.ended',
  { id, client_id, task_id, detail, uses, used, ended_why }: Allowance,
  data: JsonObject = {},
): Omit<BrokerEvent, 'actor' | 'request_id'> {
  const why = kind === 'allowance.ended' && ended_why !== null ? { why: ended_why } : {};
  const { connection } = detail;
  return { kind, client_id, task_id, connection, data: { allowance_id: id, left: uses - used, ...why, ...data } };
}

/** Ends them in a transaction; returns what the log says of it. */
export async function endIn(tx: Tx, end: AllowanceEnd): Promise<ReturnType<typeof allowanceEvent>[]> {
  return (await endAllowances(tx, end)).map((allowance) => allowanceEvent('allowance.ended', allowance));
}
