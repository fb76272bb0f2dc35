import { type DataHeader, VERSION, WritError, writeDataFile } from '@writ/core';
import { type Store, takeSnapshot } from '@writ/store';
import { record } from '../audit/record.ts';
import type { Ctx } from '../context.ts';

/** A backup that is being read: its header, and its lines without line breaks, the header first. */
export interface Backup {
  readonly header: Omit<DataHeader, 'writ_data'>;
  readonly lines: AsyncIterable<string>;
}

/** A reader that has taken no line for so long, in milliseconds, gives way to the next backup. */
const STALLED = 60_000;

/** The backup that is under way: of each store one. */
interface UnderWay {
  /** When its reader took the last line; it is not a reader's fault before it has the first. */
  takenAt: number;
  ended: boolean;
}
const underWay = new WeakMap<Store, UnderWay>();

/**
 * Makes a backup: all that the database holds at one moment, sealed as it is. The event of this backup is in it. Only the holder of the key
 * file can make another file that is taken for one (see `restoreBackup`). Throws `conflict` while another is under way, and `unavailable`;
 * the lines throw the same.
 */
export async function backUp(ctx: Ctx): Promise<Backup> {
  const place = claim(ctx);
  try {
    await record(ctx, { kind: 'database.backed_up' });
    const { rows, kek_id, ...moment } = await takeSnapshot(ctx.store, ctx);
    if (kek_id !== ctx.kek_id) throw new WritError('unavailable', { detail: 'The key-encryption key was replaced.' });
    const made_at = new Date(ctx.now()).toISOString();
    const header = { kind: 'backup' as const, version: VERSION, made_at, ...moment, kek_id };
    const lines = writeDataFile(header, rows(), ctx.deriveKey('backup'));
    return { header, lines: holding(ctx, { lines, place }) };
  } catch (error) {
    release(ctx, place);
    throw error;
  }
}

/** Answers the lines of a backup. */
export async function makeBackup(ctx: Ctx): Promise<AsyncIterable<string>> {
  return (await backUp(ctx)).lines;
}

/** What a backup keeps in memory is bounded by there being one at a time. */
function claim({ store, now }: Ctx): UnderWay {
  const other = underWay.get(store);
  if (other !== undefined && now() - other.takenAt < STALLED)
    throw new WritError('conflict', { detail: 'A backup is under way already. Ask again when it has ended.' });
  if (other !== undefined) other.ended = true;
  const place = { takenAt: Number.POSITIVE_INFINITY, ended: false };
  underWay.set(store, place);
  return place;
}

function release({ store }: Ctx, place: UnderWay): void {
  place.ended = true;
  if (underWay.get(store) === place) underWay.delete(store);
}

/** The lines, with the place held until the last, a failure, or a reader that goes, before the first line too. */
function holding(
  ctx: Ctx,
  { lines, place }: { readonly lines: AsyncGenerator<string>; readonly place: UnderWay },
): AsyncIterable<string> {
  place.takenAt = ctx.now();
  const next = async (): Promise<IteratorResult<string>> => {
    try {
      if (place.ended)
        throw new WritError('conflict', { detail: 'Nobody read this backup for a minute; it was ended.' });
      place.takenAt = ctx.now();
      const step = await lines.next();
      if (step.done) release(ctx, place);
      return step;
    } catch (error) {
      release(ctx, place);
      throw error;
    }
  };
  const end = async (): Promise<IteratorResult<string>> => {
    release(ctx, place);
    return await lines.return(undefined);
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
}
