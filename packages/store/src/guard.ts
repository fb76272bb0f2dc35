import { AsyncLocalStorage } from 'node:async_hooks';
import type { Db, Tx } from './database.ts';
import { lost, translate } from './errors.ts';

interface Scope {
  live: boolean;
}

const inside = new AsyncLocalStorage<Scope>();

/**
 * Throws when called from inside a transaction: embedded there is one connection, which the transaction holds, so what is
 * awaited there outside of it would wait for ever.
 */
export function refuseInsideTransaction(what: string): void {
  if (inside.getStore()?.live)
    throw new TypeError(`${what} was called inside a transaction: use the transaction itself`);
}

/**
 * Runs `work` in a transaction of `db`. When the connection is lost while `work` is busy elsewhere, the driver would run its
 * next statement on another connection, outside of any transaction; here it is refused.
 */
export async function guardedTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  refuseInsideTransaction('transaction');
  const scope: Scope = { live: true };
  try {
    return await db.transaction((tx) => {
      guard(tx, () => {
        if (!scope.live) throw lost(new Error('the transaction is over'));
      });
      return inside.run(scope, () => work(tx));
    });
  } catch (error) {
    throw passOwn(error);
  } finally {
    scope.live = false;
  }
}

/** Makes every query of `db` throw only `WritError`s, and none inside a transaction. */
export function guardDatabase<T extends Db>(db: T): T {
  guard(db, () => refuseInsideTransaction('the database'));
  return db;
}

/** The caller's own errors pass; the database's are translated. */
function passOwn(error: unknown): unknown {
  const translated = translate(error);
  return translated.code === 'internal' && !isQueryError(error) ? error : translated;
}

function isQueryError(error: unknown): boolean {
  return error instanceof Error && ('params' in error || 'query' in error);
}

/** Named, so that postgres.js prepares it once per connection instead of parsing it each time: half the round trips. */
const PREPARED = 'prepared';

function guard(db: Db, check: () => void): void {
  const session = db._.session;
  const prepare = session.prepareQuery.bind(session);
  session.prepareQuery = (query, fields, name, ...rest) => {
    const prepared = prepare(query, fields, name ?? PREPARED, ...rest);
    const execute = prepared.execute.bind(prepared);
    prepared.execute = async (values) => {
      check();
      try {
        return await execute(values);
      } catch (error) {
        throw translate(error);
      }
    };
    return prepared;
  };
}
