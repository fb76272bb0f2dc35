import type { Sql } from 'postgres';
import type { Driver, Feed, Result, Run, Statement } from './database.ts';
import { isConnectionLost } from './errors.ts';
import { client, type Renewable, renewable, run, type Target, within } from './postgres-client.ts';
import type { Session } from './postgres-session.ts';

/** The longest time for an audit batch, in milliseconds, before its connection is given up. */
const EXCHANGE_LIMIT = 10_000;

/** How long the change feed waits for an answer, in milliseconds, before every connection is given up. */
const FEED_LIMIT = 5_000;

/**
 * Exchanges on one connection of their own, so that they never wait for the pool. The statements of a round are sent without
 * waiting for each other; should the connection break between two rounds, the second runs on another one outside of the
 * transaction, so statements that write must check `pg_current_xact_id()` themselves.
 */
export function exchanger(writer: Renewable, { begin, each }: Session): Pick<Driver, 'exchange' | 'transact'> {
  /** One after the other, each on the connection of that moment. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
    const done = last.then(() => {
      const sql = writer.current();
      return within(EXCHANGE_LIMIT, attempt(sql, work), writer.renew);
    });
    last = done.catch(() => undefined);
    return done;
  };
  const attempt = async <T>(sql: Sql, work: (sql: Sql) => Promise<T>): Promise<T> => {
    try {
      return await work(sql);
    } catch (error) {
      // A connection that is being closed is not used again: postgres.js never answers what is sent to one.
      if (isConnectionLost(error)) writer.renew();
      throw error;
    }
  };
  return {
    exchange: (first, second) =>
      inTurn(async (sql) => {
        try {
          const [, ...found] = await round(sql, [{ text: begin }, ...first]);
          await round(sql, [...second(found), { text: 'commit' }]);
        } catch (error) {
          // Not awaited: the connection runs what comes next only after this.
          if (!isConnectionLost(error)) sql.unsafe('rollback').catch(() => undefined);
          throw error;
        }
      }),
    transact: (statement) =>
      inTurn((sql) => (each === undefined ? run(sql, statement) : alone(sql, { begin, statement }))),
  };
}

/** A statement in a transaction that needs settings, in one round. */
async function alone(sql: Sql, { begin, statement }: { begin: string; statement: Statement }): Promise<Result> {
  const [, result] = await round(sql, [{ text: begin }, statement, { text: 'commit' }]);
  return result as Result;
}

async function round(sql: Sql, statements: readonly Statement[]): Promise<readonly Result[]> {
  const settled = await Promise.allSettled(statements.map((statement) => run(sql, statement)));
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** Where and what a feed listens to; `pool` is given up with it. */
export interface FeedOptions {
  readonly target: Target;
  readonly channel: string;
  readonly onNotify: () => void;
  readonly pool: Renewable;
}

/**
 * Runs LISTEN on a connection of its own. postgres.js' own `listen` tries only once after a loss, and never again. Through a pooler
 * nothing can be listened to: then the poll finds the same changes, a little later.
 */
export function feed({ target, channel, onNotify, pool }: FeedOptions): Feed {
  const { begin, each } = target.session;
  let listening = false;
  const onclose = (): void => {
    listening = false;
  };
  const own = renewable(() => client(target, { max: 1, forever: true, onnotify: onNotify, onclose }));
  const ask: Run = async (statement) => {
    if (each !== undefined) return alone(own.current(), { begin, statement });
    if (!listening) await own.current().unsafe(`listen ${channel}`);
    listening = true;
    return run(own.current(), statement);
  };
  const giveUp = (): void => {
    listening = false;
    own.renew();
    pool.renew();
  };
  return {
    run: (statement) => within(FEED_LIMIT, ask(statement), giveUp),
    stop: () => own.current().end({ timeout: 1 }),
  };
}
