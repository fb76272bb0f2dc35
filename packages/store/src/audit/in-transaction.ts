import { type AuditHead, chainEntry } from '@writ/core';
import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '../database.ts';
import { audit_events, audit_head, changes, epochs } from '../schema/index.ts';
import { readEpochs } from './epochs.ts';
import { type AuditEvent, type EpochKey, type EpochVector, prepareEvent } from './event.ts';

/** The NOTIFY channel of the change feed. */
export const CHANGES_CHANNEL = 'writ_changes';

/** What a broker must look at again. */
export interface Change {
  readonly kind: string;
  readonly subject: string;
}

/** The organization whose log or feed is written, and when (ms). */
export interface LogScope {
  readonly organization_id: string;
  readonly now: number;
}

/**
 * Locks the head of the log until the transaction ends, and returns it. This transaction waits for the batches of every broker, and
 * they wait for it: so take the lock after all other writes of the transaction. Taken earlier, two verbs could deadlock.
 */
export async function lockHead(tx: Tx, organizationId: string): Promise<AuditHead> {
  const [head] = await tx
    .select({
      seq: audit_head.seq,
      hash: audit_head.hash,
      guard: sql`set_config('idle_in_transaction_session_timeout', '10s', true)`,
    })
    .from(audit_head)
    .where(eq(audit_head.organization_id, organizationId))
    .for('update');
  if (!head) throw new TypeError(`there is no organization ${organizationId}`);
  return { seq: head.seq, hash: head.hash };
}

/**
 * Records an event in the caller's transaction: it is durable when that commits. Keep it, and the functions below, at the end of
 * the transaction (see `lockHead`).
 */
export async function appendIn(tx: Tx, input: LogScope & { readonly event: AuditEvent }): Promise<AuditHead> {
  const { organization_id, now, event } = input;
  const { draft, columns } = prepareEvent(event, now);
  const before = await lockHead(tx, organization_id);
  const { text, head } = chainEntry(draft, before);
  const place = { organization_id, seq: head.seq, event: text, hash: head.hash, prev_hash: before.hash };
  await tx.insert(audit_events).values({ ...columns, ...place, at: now });
  await tx.update(audit_head).set(head).where(eq(audit_head.organization_id, organization_id));
  return head;
}

/**
 * Records an event in the caller's transaction on condition that the epochs are still the current ones, and returns those that have moved.
 * Where one has, nothing was recorded, and the caller must roll back. They are compared under the head's lock, in a statement that begins
 * after it was taken: so an acknowledged freeze or revocation wins (invariant 8, as `openAuditLog` explains).
 */
export async function appendIfCurrent(
  tx: Tx,
  input: LogScope & { readonly event: AuditEvent; readonly epochs: EpochVector },
): Promise<{ readonly stale: readonly EpochKey[]; readonly head?: AuditHead }> {
  const { organization_id, epochs } = input;
  await lockHead(tx, organization_id);
  const current = await readEpochs(tx, { organization_id, keys: epochs });
  const stale = epochs.filter(({ epoch }, at) => epoch !== current[at]?.epoch);
  if (stale.length > 0) return { stale };
  return { stale: [], head: await appendIn(tx, input) };
}

/**
 * Moves the epochs of the subjects that were stopped or narrowed, and tells every broker. A request that relied on the old ones is refused by the
 * statement that would record it (invariant 8).
 */
export async function bumpEpochs(tx: Tx, input: LogScope & { readonly keys: readonly EpochKey[] }): Promise<void> {
  const { organization_id, now, keys } = input;
  if (keys.length === 0) return;
  await lockHead(tx, organization_id);
  const distinct = new Map(keys.map(({ scope, subject }) => [`${scope}:${subject}`, { scope, subject }]));
  const rows = [...distinct.values()].map((key) => ({ organization_id, ...key, epoch: 1 }));
  await tx
    .insert(epochs)
    .values(rows)
    .onConflictDoUpdate({
      target: [epochs.organization_id, epochs.scope, epochs.subject],
      set: { epoch: sql`${epochs.epoch} + 1` },
    });
  const told = rows.map(({ scope, subject }) => ({ kind: scope, subject }));
  await recordChanges(tx, { organization_id, now, changes: told });
}

/** Tells every broker what to look at again, once the transaction has committed. */
export async function recordChanges(tx: Tx, input: LogScope & { readonly changes: readonly Change[] }): Promise<void> {
  const { organization_id, now } = input;
  if (input.changes.length === 0) return;
  // Changes are numbered under the head's lock, so they are committed in that order: a reader that has seen n has seen all below n.
  const [head] = await tx
    .update(audit_head)
    .set({ change_seq: sql`${audit_head.change_seq} + ${input.changes.length}` })
    .where(eq(audit_head.organization_id, organization_id))
    .returning({ last: audit_head.change_seq });
  if (!head) throw new TypeError(`there is no organization ${organization_id}`);
  const first = head.last - input.changes.length + 1;
  const rows = input.changes.map(({ kind, subject }, index) => ({
    organization_id,
    seq: first + index,
    kind,
    subject,
    at: now,
  }));
  await tx.insert(changes).values(rows);
  await tx.execute(sql`select pg_notify(${CHANGES_CHANNEL}, ${`${organization_id}:${head.last}`})`);
}

/** Forgets changes recorded before a moment (ms), at most `limit` of them; returns how many. */
export async function pruneChanges(
  tx: Tx,
  input: { organization_id: string; before: number; limit: number },
): Promise<number> {
  const { organization_id, before, limit } = input;
  const rows = await tx
    .delete(changes)
    .where(
      and(
        eq(changes.organization_id, organization_id),
        sql`${changes.seq} in (select seq from ${changes} where organization_id = ${organization_id}
          and at < ${new Date(before).toISOString()} order by seq limit ${limit})`,
      ),
    )
    .returning({ seq: changes.seq });
  return rows.length;
}
