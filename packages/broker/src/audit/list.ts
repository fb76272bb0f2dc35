import type { InputOf, OutputOf } from '@writ/api';
import { defined, isJsonObject, WritError } from '@writ/core';
import { type AuditFilter, listAuditEvents } from '@writ/store';
import type { Ctx } from '../context.ts';

/** Lists audit events, the newest first. A page may be shorter than `limit`, even empty, and still have a `next_cursor`. */
export async function listAudit(ctx: Ctx, input: InputOf<'audit.list'>): Promise<OutputOf<'audit.list'>> {
  const { limit, cursor, since, until, ...exact } = input;
  const filter: AuditFilter = defined({
    ...exact,
    from: since === undefined ? undefined : Date.parse(since),
    to: until === undefined ? undefined : Date.parse(until),
  });
  const { items, next } = await listAuditEvents(ctx.store.db, {
    organization_id: ctx.organization_id,
    filter,
    limit,
    ...defined({ before: cursor === undefined ? undefined : seqOf(cursor) }),
  });
  return {
    items: items.map(({ seq, hash, event }) => ({ seq, hash, event: parsed(event) })),
    next_cursor: next === undefined ? null : String(next),
  };
}

function seqOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new WritError('validation_failed', { fields: [{ field: 'cursor', problem: 'is not one that was answered' }] });
}

function parsed(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? { ...value } : {};
}
