import type { InputOf, OutputOf } from '@writ/api';
import { isJsonObject, WritError } from '@writ/core';
import { type AuditFilter, listAuditEvents } from '@writ/store';
import type { Ctx } from '../context.ts';

/** Lists audit events, the newest first. A page may be shorter than `limit`, even empty, and still have a `next_cursor`. */
export async function listAudit(ctx: Ctx, input: InputOf<'audit.list'>): Promise<OutputOf<'audit.list'>> {
  const { limit, cursor, since, until, ...exact } = input;
  const filter: AuditFilter = {
    ...present(exact),
    ...(since === undefined ? {} : { from: Date.parse(since) }),
    ...(until === undefined ? {} : { to: Date.parse(until) }),
  };
  const before = cursor === undefined ? {} : { before: seqOf(cursor) };
  const { items, next } = await listAuditEvents(ctx.store.db, {
    organization_id: ctx.organization_id,
    filter,
    limit,
    ...before,
  });
  return {
    items: items.map(({ seq, hash, event }) => ({ seq, hash, event: parsed(event) })),
    next_cursor: next === undefined ? null : String(next),
  };
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The same without the members that are undefined. */
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<T>;
}

function seqOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new WritError('validation_failed', { fields: [{ field: 'cursor', problem: 'is not one that was answered' }] });
}

function parsed(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? { ...value } : {};
}
