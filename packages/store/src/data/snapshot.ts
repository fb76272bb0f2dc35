import { setImmediate as nextTurn } from 'node:timers/promises';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type AuditHead, type DataRow, WritError } from '@writ/core';
import { and, asc, eq, gt, lte, sql } from 'drizzle-orm';
import { TILE_WIDTH } from '../checkpoints/tiles.ts';
import type { Db, Run } from '../database.ts';
import { translate } from '../errors.ts';
import { refuseAdded } from '../queries/migrations.ts';
import { audit_events, audit_tiles } from '../schema/index.ts';
import type { Store } from '../store.ts';
import { SNAPSHOT, selectOf, type View } from './tables.ts';

/** All that a database holds, as it was at one moment. */
export interface Snapshot {
  /** The migrations that had made its tables. */
  readonly migrations: readonly string[];
  /** The id of the key that its secrets are sealed with; null where it has none yet. */
  readonly kek_id: string | null;
  /** Where the log ended. */
  readonly log: AuditHead;
  /**
   * Every row, table by table, as one may fill them again. Holds a page at a time. Throws `WritError` (`conflict`) when the log was pruned
   * meanwhile, `unavailable`.
   */
  rows(): AsyncGenerator<DataRow>;
}

/** Rows that are read at a time: a live schema may have some MB. */
const PAGE = 50;

/** Rows of one table, compressed. */
interface Kept {
  readonly table: string;
  readonly rows: Buffer;
}

/** What is read in the one transaction. */
interface Moment extends Omit<Snapshot, 'rows'> {
  readonly kept: readonly Kept[];
  /** The last entry that was pruned from the log, 0 for none. */
  readonly pruned: number;
  /** How many entries the log's tree covered. */
  readonly treeSize: number;
}

/**
 * Takes a snapshot. One transaction reads all but the log and its tree and keeps it, compressed: the embedded database has one connection,
 * which no slow reader may hold. The log and the tree are read later, up to where they ended in that transaction. Throws as `refuseAdded`.
 */
export async function takeSnapshot(
  { driver, db }: Pick<Store, 'driver' | 'db'>,
  { organization_id, view = 'sealed' }: { readonly organization_id: string; readonly view?: View },
): Promise<Snapshot> {
  const { kept, pruned, treeSize, ...snapshot } = await driver
    .script((run) => readMoment(run, view))
    .catch((error: unknown) => {
      throw translate(error);
    });
  return {
    ...snapshot,
    async *rows() {
      for (const { table, rows } of kept) {
        for (const row of inflateRawSync(rows).toString().split('\n')) yield { table, row };
      }
      yield* tiles(db, { organization_id, treeSize });
      yield* entries(db, { organization_id, pruned, until: snapshot.log.seq });
    },
  };
}

async function readMoment(run: Run, view: View): Promise<Moment> {
  await run({ text: 'set transaction isolation level repeatable read, read only' });
  await run({ text: `set local bytea_output = 'hex'` });
  await run({ text: `set local timezone = 'UTC'` });
  const { rows: applied } = await run({ text: 'select name from writ_migrations order by name' });
  const migrations = applied.map(({ name }) => String(name));
  refuseAdded(migrations);
  const { rows } = await run({
    text: `select h.seq, h.hash, t.size, (select kek_id from vault_keys where replaced_at is null) as kek_id,
      (select coalesce(max(last_seq), 0) from audit_prunes) as pruned
      from audit_head h join audit_tree t on t.organization_id = h.organization_id`,
  });
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new TypeError('a database of one organization was expected');
  const kept: Kept[] = [];
  for (const table of SNAPSHOT) {
    const select = selectOf(table, view);
    if (select !== undefined) for await (const page of pages(run, table.name, select)) kept.push(page);
  }
  return {
    migrations,
    kek_id: typeof row['kek_id'] === 'string' ? row['kek_id'] : null,
    log: { seq: Number(row['seq']), hash: String(row['hash']) },
    kept,
    pruned: Number(row['pruned']),
    treeSize: Number(row['size']),
  };
}

/** JSON as Postgres writes it has no line breaks, so a line is a row. */
async function* pages(run: Run, table: string, select: string): AsyncGenerator<Kept> {
  await run({ text: `declare snapshot no scroll cursor for ${select}` });
  for (;;) {
    const { rows } = await run({ text: `fetch ${PAGE} from snapshot` });
    if (rows.length === 0) break;
    yield { table, rows: deflateRawSync(rows.map(({ row }) => String(row)).join('\n'), { level: 1 }) };
    // An embedded database answers in the same turn: others are let in between.
    await nextTurn();
  }
  await run({ text: 'close snapshot' });
}

/** Rows of the log and of its tree that are read at a time: 64 KB each at most. */
const GROWING_PAGE = 200;

async function* tiles(
  db: Db,
  { organization_id, treeSize }: { readonly organization_id: string; readonly treeSize: number },
): AsyncGenerator<DataRow> {
  const { level, index } = audit_tiles;
  // A tile of level n has the tree's nodes of level 8n: those over complete groups of 256^n entries.
  const nodes = sql`floor(${treeSize}::numeric / power(${TILE_WIDTH}::numeric, ${level}))::bigint - ${TILE_WIDTH}::bigint * ${index}`;
  const hashes = sql`substring(${audit_tiles.hashes} from 1 for (32 * least(${TILE_WIDTH}::bigint, ${nodes}))::int)`;
  let last: { readonly level: number; readonly index: number } = { level: -1, index: -1 };
  for (;;) {
    const page = await db
      .select({
        level,
        index,
        row: sql<string>`json_build_object('organization_id', ${audit_tiles.organization_id}, 'level', ${level}, 'index', ${index}, 'hashes', '\\x' || encode(${hashes}, 'hex'))::text`,
      })
      .from(audit_tiles)
      .where(
        and(
          eq(audit_tiles.organization_id, organization_id),
          sql`(${level}, ${index}) > (${last.level}, ${last.index})`,
          sql`${nodes} > 0`,
        ),
      )
      .orderBy(asc(level), asc(index))
      .limit(GROWING_PAGE);
    for (const { row } of page) yield { table: 'audit_tiles', row };
    last = page.at(-1) ?? last;
    if (page.length < GROWING_PAGE) return;
  }
}

interface Entries {
  readonly organization_id: string;
  readonly pruned: number;
  readonly until: number;
}

async function* entries(db: Db, { organization_id, pruned, until }: Entries): AsyncGenerator<DataRow> {
  let last = pruned;
  while (last < until) {
    const page = await db
      .select({ seq: audit_events.seq, row: sql<string>`row_to_json(${audit_events})::text` })
      .from(audit_events)
      .where(
        and(
          eq(audit_events.organization_id, organization_id),
          gt(audit_events.seq, last),
          lte(audit_events.seq, until),
        ),
      )
      .orderBy(asc(audit_events.seq))
      .limit(GROWING_PAGE);
    for (const { seq, row } of page) {
      if (seq !== last + 1) break;
      last = seq;
      yield { table: 'audit_events', row };
    }
    if (page.at(-1)?.seq !== last) throw pruneMeanwhile(last);
  }
}

function pruneMeanwhile(last: number): WritError {
  return new WritError('conflict', {
    detail: `The audit log goes on after entry ${last} with a later one: it was pruned meanwhile, or is not whole. Make the file again; if this comes again, run \`writ audit verify\`.`,
  });
}
