import type { PgDatabase, PgQueryResultHKT, PgTransaction } from 'drizzle-orm/pg-core';
import type { ExtractTablesWithRelations } from 'drizzle-orm/relations';

type NoRelations = Record<string, never>;

/** What queries run on: the store's `db`, or a transaction. */
export type Db = PgDatabase<PgQueryResultHKT, NoRelations>;

/** A transaction. A function whose writes must happen together takes this, never a `Db`. */
export type Tx = PgTransaction<PgQueryResultHKT, NoRelations, ExtractTablesWithRelations<NoRelations>>;

/** A statement for the paths that bypass drizzle: the audit batch, migrations. `$1` and so on stand for `params`. */
export interface Statement {
  readonly text: string;
  readonly params?: readonly (string | number | null)[];
}

/** What a statement did: its rows, or how many it wrote. */
export interface Result {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly count: number;
}

/** Runs one statement. A statement without `params` may be a script of many. */
export type Run = (statement: Statement) => Promise<Result>;

/** A connection of the change feed's own: it listens, and asks. */
export interface Feed {
  /** Listens again if the connection was lost, then runs a statement; throws when there is no answer within 5 s. */
  readonly run: Run;
  stop(): Promise<void>;
}

/** A database, Postgres or embedded: all that the rest of the package knows of either one. */
export interface Driver {
  readonly kind: 'postgres' | 'embedded';
  /** The database in words fit for a sentence and a log: no user name, no password. */
  readonly place: string;
  readonly db: Db;
  /**
   * Throws `WritError` (`unavailable`) where another process may have opened the database too: then nothing may be committed or
   * acknowledged. Every transaction of a driver asks before its commit and after it.
   */
  confirm(): void;
  /**
   * Returns once everything that was committed before is durable, for a database that does not wait for that itself: callers are answered
   * only after it. Throws `WritError` (`unavailable`) where the disk did not take it. Queries of `db`, `exchange` and `script` wait by
   * themselves.
   */
  settle(): Promise<void>;
  /** The statements that every transaction of `db` must begin with. */
  readonly each?: string;
  /** One transaction for raw statements: migrations. */
  script<T>(work: (run: Run) => Promise<T>): Promise<T>;
  /**
   * One transaction at READ COMMITTED in two round trips: `first`, then what `second` makes of their results, then commit.
   * Each statement sees what was committed before it began. `second` throws to roll back. One such transaction at a time.
   */
  exchange(first: readonly Statement[], second: (results: readonly Result[]) => readonly Statement[]): Promise<void>;
  /** One statement as a transaction of its own at READ COMMITTED, in one round trip, and in order with those of `exchange`. */
  transact(statement: Statement): Promise<Result>;
  /** Opens a feed on the channel: `onNotify` is called for each NOTIFY. Connects only when first run. */
  feed(channel: string, onNotify: () => void): Feed;
  close(): Promise<void>;
}
