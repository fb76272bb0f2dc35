import { defined } from '@writ/core';
import { drizzle } from 'drizzle-orm/postgres-js';
import type { Sql } from 'postgres';
import type { Driver, Run } from './database.ts';
import { guardDatabase, untilConnectionLost } from './guard.ts';
import { client, type Renewable, renewable, run, type Target, within } from './postgres-client.ts';
import { exchanger, feed } from './postgres-connections.ts';
import { findPrimary, opener } from './postgres-server.ts';
import type { Session } from './postgres-session.ts';
import { parsePostgresUrl, placeText } from './postgres-url.ts';

/**
 * The longest time for a query, in milliseconds, before the pool is given up: postgres.js never answers a query that was sent to a dying
 * connection.
 */
const QUERY_LIMIT = 30_000;

/** Connects to the Postgres at `url`. Throws `WritError` (`unavailable`) with a sentence that says what is wrong and what to do. */
export async function openPostgres(url: string, options: { readonly poolSize?: number } = {}): Promise<Driver> {
  const parsed = parsePostgresUrl(url);
  const primary = await findPrimary(parsed);
  const { session } = primary;
  const target = { url: parsed, session, open: opener(parsed, primary) };
  const pool = renewable(() => client(target, { max: options.poolSize ?? 10 }));
  const writer = renewable(() => client(target, { max: 1, forever: true }));
  return {
    kind: 'postgres',
    place: placeText(parsed),
    db: guardDatabase(drizzle(facade(pool, session)), (query) => within(QUERY_LIMIT, query(), pool.renew)),
    ...defined({ each: session.each }),
    confirm: () => undefined,
    settle: () => Promise.resolve(),
    script: (work) => script({ target, work }),
    ...exchanger(writer, session),
    feed: (channel, onNotify) => feed({ target, channel, onNotify, pool }),
    close: async () => {
      await Promise.all([pool.current().end({ timeout: 5 }), writer.current().end({ timeout: 5 })]);
    },
  };
}

/** The part of a client that drizzle uses, on the current client. Where each transaction needs settings, a single query becomes one. */
function facade(pool: Renewable, { each }: Session): Sql {
  const { options } = pool.current();
  return new Proxy(pool.current(), {
    get: (_, name) => {
      if (name === 'options') return options;
      if (name === 'unsafe' && each !== undefined) {
        return (text: string, params: unknown[]) => new QueryOfItsOwn(pool.current(), { each, text, params });
      }
      return Reflect.get(pool.current(), name);
    },
  });
}

interface OwnQuery {
  readonly each: string;
  readonly text: string;
  readonly params: readonly unknown[];
}

/** A query in a transaction of its own, as postgres.js shows a query: run once it is awaited, with rows as objects or as arrays. */
class QueryOfItsOwn implements PromiseLike<unknown> {
  readonly #sql: Sql;
  readonly #query: OwnQuery;

  constructor(sql: Sql, query: OwnQuery) {
    this.#sql = sql;
    this.#query = query;
  }

  // biome-ignore lint/suspicious/noThenProperty: drizzle awaits what a client returns.
  then<A, B>(
    done?: ((rows: unknown) => A | PromiseLike<A>) | null,
    failed?: ((error: unknown) => B | PromiseLike<B>) | null,
  ) {
    return this.#run((query) => query).then(done, failed);
  }

  values(): Promise<unknown> {
    return this.#run((query) => query.values());
  }

  #run(shape: (query: ReturnType<Sql['unsafe']>) => PromiseLike<unknown>): Promise<unknown> {
    const { each, text, params } = this.#query;
    return this.#sql.begin((tx) =>
      untilConnectionLost(async () => {
        const [, rows] = await Promise.all([tx.unsafe(each), shape(tx.unsafe(text, params as never[]))]);
        return rows;
      }),
    );
  }
}

interface Script<T> {
  readonly target: Target;
  readonly work: (run: Run) => Promise<T>;
}

/**
 * Runs a transaction on a connection of its own: postgres.js' own transactions end the process when their connection is lost (see
 * `guard.ts`).
 */
async function script<T>({ target, work }: Script<T>): Promise<T> {
  let open = true;
  const onclose = (): void => {
    open = false;
  };
  const sql = client(target, { max: 1, forever: true, onclose });
  const checked: Run = (statement) => {
    if (!open) throw Object.assign(new Error('the connection was lost'), { code: 'CONNECTION_CLOSED' });
    return run(sql, statement);
  };
  try {
    await sql.unsafe(target.session.begin);
    const result = await work(checked);
    await checked({ text: 'commit' });
    return result;
  } finally {
    // What was not committed is rolled back by the end of the connection.
    await sql.end({ timeout: 1 });
  }
}
