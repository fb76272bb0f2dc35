import { AsyncLocalStorage } from 'node:async_hooks';
import type { Db, Driver, Tx } from './database.ts';
import { isConnectionLost, lost, translate } from './errors.ts';

interface Scope {
  live: boolean;
}

const inside = new AsyncLocalStorage<Scope>();

/**
 * Throws when called from inside a transaction. The embedded database has one connection, which the transaction holds, so what is awaited
 * outside of it would never end.
 */
export function refuseInsideTransaction(what: string): void {
  if (inside.getStore()?.live)
    throw new TypeError(`${what} was called inside a transaction: use the transaction itself`);
}

/**
 * Runs `work` in a transaction of `db`, as long as `confirm` does not throw. When the connection is lost while `work` is busy
 * elsewhere, the driver would run its next statement on another connection, outside of any transaction; here it is refused.
 */
export async function guardedTransaction<T>(
  { db, confirm, settle, each }: Pick<Driver, 'db' | 'confirm' | 'settle' | 'each'>,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  refuseInsideTransaction('transaction');
  confirm();
  const scope: Scope = { live: true };
  try {
    const result = await db.transaction((tx) => {
      guard(tx, scope);
      return untilLost(scope, async () => {
        if (each !== undefined) await tx.execute(each);
        const done = await inside.run(scope, () => work(tx));
        confirm();
        return done;
      });
    });
    await settle();
    confirm();
    return result;
  } catch (error) {
    throw passOwn(error);
  } finally {
    scope.live = false;
  }
}

/**
 * Settles like `work`, and never once the connection is lost. postgres.js then rejects the transaction by itself; if it were told how
 * `work` ended, it would send COMMIT or ROLLBACK to a closed socket in a callback of its own, which ends the process.
 */
async function untilLost<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    return scope.live ? result : await new Promise<never>(() => undefined);
  } catch (error) {
    if (scope.live) throw error;
    return new Promise<never>(() => undefined);
  }
}

/** Runs `work`, and never settles once the connection is lost, for the reason that `untilLost` has. */
export async function untilConnectionLost<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
    return new Promise<never>(() => undefined);
  }
}

/** Runs a query. A driver uses it to give up a query that may never be answered, or to refuse one that must not be made. */
export type Limit = <T>(query: () => Promise<T>) => Promise<T>;

/** Makes every query of `db` throw only `WritError`s, and none inside a transaction. */
export function guardDatabase<T extends Db>(db: T, limit: Limit = (query) => query()): T {
  guard(db, undefined, limit);
  return db;
}

/** The caller's own errors pass unchanged; those of the database are translated. */
function passOwn(error: unknown): unknown {
  const translated = translate(error);
  return translated.code === 'internal' && !isQueryError(error) ? error : translated;
}

function isQueryError(error: unknown): boolean {
  return error instanceof Error && ('params' in error || 'query' in error);
}

/**
 * The name of a statement, by which postgres.js prepares it once for each connection instead of parsing it each time: half the round
 * trips.
 */
const PREPARED = 'prepared';

/** `scope` is that of a transaction; without it the queries are those of the store itself. */
function guard(db: Db, scope?: Scope, limit: Limit = (query) => query()): void {
  const session = db._.session;
  const prepare = session.prepareQuery.bind(session);
  session.prepareQuery = (query, fields, name, ...rest) => {
    const prepared = prepare(query, fields, name ?? PREPARED, ...rest);
    const execute = prepared.execute.bind(prepared);
    prepared.execute = async (values) => {
      if (!scope) refuseInsideTransaction('the database');
      else if (!scope.live) throw lost(new Error('the transaction is over'));
      try {
        return await limit(() => execute(values));
      } catch (error) {
        // Noted before `work` is told: it may expect the error and continue.
        if (scope && isConnectionLost(error)) scope.live = false;
        throw translate(error);
      }
    };
    return prepared;
  };
}
