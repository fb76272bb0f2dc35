/**
 * The circuit breaker: a task that destroys, or is refused what escalates, too often within a minute is frozen by Writ itself. Counted by
 * the database under the log's lock; what is forwarded, in the transaction that records it, so that brokers cannot each let some pass.
 */
import { digestOf, type ErrorCode, makeId, type Operation, type ResolvedOperation, WritError } from '@writ/core';
import {
  appendIfCurrent,
  type CountedCall,
  countCall,
  type EpochKey,
  type EpochVector,
  findFreeze,
  insertFreeze,
  lockHead,
  type Tx,
} from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, Services, SystemActor } from '../context.ts';
import type { BrokerEvent } from '../event.ts';
import { undoable } from '../undoable.ts';
import { frozenBy } from './frozen.ts';

/** The most operations of either kind within a minute. */
const MOST = 10;

const WHY = {
  destroy: `Writ stopped it by itself: more than ${MOST} destroying operations of it within a minute.`,
  escalate: `Writ stopped it by itself: more than ${MOST} escalating operations of it were refused within a minute.`,
} as const;

/** Refusals that say nothing about what was asked for. */
const NOT_COUNTED: readonly ErrorCode[] = [
  'approval_required',
  'approval_pending',
  'frozen',
  'held',
  'task_ended',
  'unavailable',
];

/** A call as it may count. */
export interface Countable {
  readonly request_id: string;
  readonly client_id: string;
  readonly task_id: string;
  readonly operations: readonly (Operation | ResolvedOperation)[];
  /** The code of its refusal; undefined for one that is to be forwarded. */
  readonly refused?: ErrorCode | undefined;
}

/** What the breaker counts of a call; undefined for one that it does not count. */
export function countedOf(
  { organization_id }: Pick<Services, 'organization_id'>,
  call: Countable,
): CountedCall | undefined {
  const { request_id, client_id, task_id, refused } = call;
  const kind = refused === undefined ? 'destroy' : 'escalate';
  if (refused !== undefined && (NOT_COUNTED.includes(refused) || new WritError(refused).status !== 403))
    return undefined;
  const operations = call.operations.filter(({ effect }) => effect === kind).length;
  if (operations === 0) return undefined;
  return { organization_id, request_id, kind, task_id, client_id, operations, subject: actOf(call.operations) };
}

/** The digest of operations and their targets: the same for the same act, in whatever task. */
function actOf(operations: Countable['operations']): string {
  const acts = operations.map((operation) => {
    const targets = 'targets' in operation ? operation.targets.map(({ kind, id }) => `${kind}:${id}`).sort() : [];
    return [operation.name, targets];
  });
  return digestOf(acts.sort());
}

/** Thrown inside a transaction that forwards one call too many, so that nothing of it stays. */
class TooMany extends Error {}

/** A record on condition of epochs, as the log takes it. */
interface ConditionalRecord {
  readonly event: BrokerEvent;
  readonly epochs: EpochVector;
  /** Uses up what the call waited for, in the same transaction. False where there is nothing to use up: then nothing is recorded. */
  readonly use?: (tx: Tx) => Promise<boolean>;
  /** Called in the same transaction, once the call is recorded. */
  readonly after?: ((tx: Tx) => Promise<void>) | undefined;
}

/** What recording gave: the number of the record, which is 0 where nothing was recorded, and the epochs that have moved. */
interface Recorded {
  readonly seq: number;
  readonly stale: readonly EpochKey[];
}

/**
 * Records a call that is to be forwarded, and counts it where it destroys, in one transaction. Throws `WritError` (`frozen`) for one too many:
 * then nothing was recorded but that the task is frozen.
 */
export async function recordDestroying(
  services: Services,
  counted: CountedCall | undefined,
  { event, epochs, use, after }: ConditionalRecord,
): Promise<Recorded> {
  const { store, organization_id, now } = services;
  try {
    const result = await undoable<Recorded, Recorded>(store, async (tx, undo) => {
      if (use !== undefined && !(await use(tx))) throw undo({ seq: 0, stale: [] });
      if (counted !== undefined && (await countCall(tx, counted)) > MOST) throw new TooMany();
      const { stale, head } = await appendIfCurrent(tx, { organization_id, now: now(), event, epochs });
      if (head === undefined) throw undo({ seq: 0, stale });
      await after?.(tx);
      return { seq: head.seq, stale };
    });
    return 'undone' in result ? result.undone : result.done;
  } catch (error) {
    if (error instanceof TooMany && counted !== undefined) throw await trip(services, counted);
    throw error;
  }
}

/** Counts a refusal that was recorded. Returns what to refuse it with instead, where it was one too many. */
export async function countRefused(services: Services, counted: CountedCall): Promise<WritError | undefined> {
  const most = await services.store.transaction((tx) => countCall(tx, counted));
  return most > MOST ? await trip(services, counted) : undefined;
}

/** Freezes the task, unless it is frozen already, and returns the refusal for its caller. */
async function trip(services: Services, { request_id, kind, task_id, client_id }: CountedCall): Promise<WritError> {
  const ctx: Ctx<SystemActor> = { ...services, actor: { kind: 'system' }, request_id, address: '' };
  const { organization_id } = services;
  const subject = { scope: 'task', subject: task_id } as const;
  const freeze = await change(ctx, async (tx) => {
    // Of brokers that find it at the same time, the second finds the first one's freeze.
    await lockHead(tx, organization_id);
    const there = await findFreeze(tx, { organization_id, subjects: [subject] });
    if (there !== undefined) return { result: there, happened: [] };
    const id = makeId('freeze', { now: ctx.now(), randomBytes: ctx.randomBytes });
    const row = { organization_id, id, ...subject, reason: WHY[kind], created_by: 'system' };
    const data = { freeze_id: id, scope: 'task', subject: task_id, reason: WHY[kind] };
    return {
      result: await insertFreeze(tx, row),
      happened: { kind: 'task.frozen', task_id, client_id, data },
      epochs: [subject],
    };
  });
  return frozenBy(freeze);
}
