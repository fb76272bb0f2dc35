import { defined, type WritError } from '@writ/core';
import { sql } from 'drizzle-orm';
import type { Db, Driver, Tx } from './database.ts';
import { translate } from './errors.ts';
import { guardedTransaction } from './guard.ts';
import { migrate } from './migrations.ts';
import { openPostgres } from './postgres-driver.ts';
import { ensureOrganization } from './queries/organizations.ts';

/** The one organization there is (model#organization). */
export const DEFAULT_ORGANIZATION = 'default';

/** Where the database is, and what it is opened with. */
export interface StoreOptions {
  /** A Postgres URL. Without it the database is embedded, in `dataDir`. */
  readonly url?: string;
  readonly dataDir?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Called when the embedded database may have been opened by another process too: this one must end at once. Nothing is
   * committed or acknowledged any more.
   */
  readonly onLost?: (error: WritError) => void;
  /** Called with the database as it is, before it is migrated. What it throws stops the opening. */
  readonly before?: (driver: Driver) => Promise<void>;
  /** Connections for queries, besides one for the audit log and one for the change feed. Default 10. */
  readonly poolSize?: number;
}

/** An open database. Its queries throw only `WritError`s: `unavailable` while it cannot be reached, `conflict`, `internal`. */
export interface Store {
  readonly kind: 'postgres' | 'embedded';
  /** The database in words fit for a sentence and a log. */
  readonly place: string;
  /** What a later release of this minor version had added to the database when it was opened: names of migrations. */
  readonly added: readonly string[];
  readonly now: () => number;
  readonly db: Db;
  /** For the audit log and the change feed. */
  readonly driver: Driver;
  /**
   * Runs `work` in one transaction at READ COMMITTED and returns its result; rolls back when it throws. Inside, only `tx` may be
   * used. Calls of `appendIn`, `bumpEpochs` and `recordChanges` come last, so that every verb takes its locks in the same order.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Throws `WritError` (`unavailable`) when the database does not answer. */
  ping(): Promise<void>;
  /** How far the database's clock is ahead of ours, in milliseconds, give or take half the round trip. */
  clockSkew(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the database, brings its tables up to date and returns it. Throws `WritError` (`unavailable`) with one sentence that says
 * what is wrong, where and what to do.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const driver = await openDriver(options);
  try {
    await options.before?.(driver);
    const { unknown } = await migrate(driver, { now: options.now });
    const store = storeOn(driver, { now: options.now, added: unknown });
    await store.transaction((tx) =>
      ensureOrganization(tx, { organization_id: DEFAULT_ORGANIZATION, now: options.now() }),
    );
    return store;
  } catch (error) {
    await driver.close().catch(() => undefined);
    throw error;
  }
}

/** Opens the database as it is, without any table made. Throws as `openStore` does. */
export async function openDriver({
  url,
  dataDir,
  now,
  onLost = () => undefined,
  poolSize,
}: StoreOptions): Promise<Driver> {
  if (url !== undefined) return openPostgres(url, defined({ poolSize }));
  if (dataDir === undefined) throw new TypeError('openStore needs url or dataDir');
  // Only when needed: it brings a whole Postgres in WebAssembly.
  const { openEmbedded } = await import('./embedded-driver.ts');
  return openEmbedded(dataDir, { now, onLost });
}

function storeOn(driver: Driver, { now, added }: Pick<Store, 'now' | 'added'>): Store {
  const { db } = driver;
  return {
    kind: driver.kind,
    place: driver.place,
    added,
    now,
    db,
    driver,
    transaction: (work) => guardedTransaction(driver, work),
    ping: async () => {
      await db.select({ one: sql<number>`1` }).from(sql`(values (1)) as one`);
    },
    clockSkew: () => clockSkew(db, now),
    close: async () => {
      try {
        await driver.close();
      } catch (error) {
        throw translate(error);
      }
    },
  };
}

async function clockSkew(db: Db, now: () => number): Promise<number> {
  const before = now();
  const [row] = await db
    .select({ ms: sql<string>`(extract(epoch from clock_timestamp()) * 1000)::text` })
    .from(sql`(values (1)) as one`);
  return Number(row?.ms) - (before + now()) / 2;
}
