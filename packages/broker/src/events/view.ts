/** What is told of an entry of the log: in the stream of events, and in notifications. */
import type { StreamedEvent } from '@writ/api';
import { AUDIT_KINDS } from '@writ/core';
import type { LoggedEvent } from '@writ/store';
import { dataOf } from '../logged/data.ts';

/** The kinds that a list of kinds and of their beginnings selects: `approval` stands for every kind of it. */
export function kindsOf(selected: readonly string[]): readonly string[] {
  return AUDIT_KINDS.filter((kind) => selected.some((one) => kind === one || kind.startsWith(`${one}.`)));
}

/** An event without all that may be long, secret or somebody's words. */
export function viewOf({ seq, at, kind, event, ...names }: LoggedEvent): StreamedEvent {
  const data = dataOf(event);
  const ids = Object.fromEntries(
    (['approval_id', 'allowance_id', 'hold_id', 'freeze_id', 'grant_id'] as const).flatMap((name) => {
      const id = data[name];
      return typeof id === 'string' ? [[name, id.slice(0, 100)]] : [];
    }),
  );
  const { actor, client_id, task_id, connection, operations, result, request_id } = names;
  const said = { actor, client_id, task_id, connection, operations, result, request_id };
  const known = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null));
  return { id: seq, at: new Date(at).toISOString(), kind, ...known, ...ids };
}
