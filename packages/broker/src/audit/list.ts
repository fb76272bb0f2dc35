import type { InputOf, OutputOf } from '@writ/api';
import { defined, isJsonObject, WritError } from '@writ/core';
import { type AuditFilter, countAuditEvents, listAuditEvents } from '@writ/store';
import type { Ctx } from '../context.ts';
import { timeOrNull, timeOut } from '../page.ts';
import { readingMuch } from '../payer.ts';

/**
 * Lists audit events, the newest first. A page may be shorter than `limit`, even empty, and still have a `next_cursor`. Throws `rate_limited`
 * for a text where the caller has read too much of late.
 */
export async function listAudit(ctx: Ctx, input: InputOf<'audit.list'>): Promise<OutputOf<'audit.list'>> {
  const { limit, cursor, since, until, q, ...exact } = input;
  const filter: AuditFilter = defined({
    ...exact,
    text: q,
    from: since === undefined ? undefined : Date.parse(since),
    to: until === undefined ? undefined : Date.parse(until),
  });
  const before = cursor === undefined ? undefined : seqOf(cursor);
  const { organization_id, store } = ctx;
  const read = () => listAuditEvents(store.db, { organization_id, filter, limit, ...defined({ before }) });
  // Only the text of entries is in no index and takes long to compare.
  const { items, next } = q === undefined ? await read() : await readingMuch(ctx, read);
  return {
    items: items.map(({ seq, hash, event }) => ({ seq, hash, event: parsed(event) })),
    next_cursor: next === undefined ? null : String(next),
  };
}

/**
 * Counts audit events by time, the earliest first. Throws `validation_failed` where the time to count ends before it begins, `rate_limited`
 * where the caller has read too much of late.
 */
export async function countAudit(ctx: Ctx, input: InputOf<'audit.histogram'>): Promise<OutputOf<'audit.histogram'>> {
  const { from: begin, to: end, buckets, q, ...exact } = input;
  const from = Date.parse(begin);
  const to = end === undefined ? Math.max(from + 1, ctx.now()) : Date.parse(end);
  const width = Math.ceil((to - from) / buckets);
  const filter = { ...defined({ ...exact, text: q }), from, to: to - 1 };
  const { organization_id, store } = ctx;
  const count = () => countAuditEvents(store.db, { organization_id, filter, width });
  const { parts, counted_from } = await readingMuch(ctx, count);
  const items = Array.from({ length: Math.ceil((to - from) / width) }, (_, at) => {
    const { all, allowed, refused, asked, held } = parts.get(at) ?? NOTHING;
    const times = { from: timeOut(from + at * width), to: timeOut(Math.min(to, from + (at + 1) * width)) };
    return { ...times, allowed, refused, asked, held, other: all - allowed - refused - asked - held };
  });
  return { items, counted_from: timeOrNull(counted_from ?? null) };
}

const NOTHING = { all: 0, allowed: 0, refused: 0, asked: 0, held: 0 };

function seqOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new WritError('validation_failed', { fields: [{ field: 'cursor', problem: 'is not one that was answered' }] });
}

function parsed(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? { ...value } : {};
}
