import postgres, { type ConnectionParameters, type Sql } from 'postgres';
import { demandWritten, type Result, type Statement } from './database.ts';

/** What a connection sets on the server. */
export type Settings = Partial<ConnectionParameters>;

/** How a client connects. */
export interface ClientOptions {
  readonly max: number;
  readonly settings?: Settings;
  /** Never closed for its age: postgres.js would do so between two statements of one exchange. */
  readonly forever?: boolean;
  readonly onnotify?: () => void;
  readonly onclose?: () => void;
}

/** Makes a client of the Postgres at `url`; it connects when first used. */
export function client(url: string, { settings, forever, ...options }: ClientOptions): Sql {
  const common = {
    connect_timeout: 5,
    // Seconds. The default waits up to 20 s before it even tries, long after the database is back.
    backoff: () => 0.1,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: 'writ', ...settings },
    ...options,
  };
  return postgres(url, forever ? { ...common, max_lifetime: null } : common);
}

/** A client that can be thrown away with all its connections, and everything that waits on them, for a new one. */
export interface Renewable {
  current(): Sql;
  renew(): void;
}

/** Makes clients by `connect`, the first at once. */
export function renewable(connect: () => Sql): Renewable {
  let sql = connect();
  return {
    current: () => sql,
    renew: () => {
      const old = sql;
      sql = connect();
      old.end({ timeout: 0 }).catch(() => undefined);
    },
  };
}

/** Runs a statement; throws unless it writes as many rows as it must. */
export async function run(sql: Pick<Sql, 'unsafe'>, statement: Statement): Promise<Result> {
  const { text, params } = statement;
  const found = params ? await sql.unsafe(text, [...params], { prepare: true }) : await sql.unsafe(text);
  const result: Result = { rows: [...found], count: found.count };
  demandWritten(statement, result);
  return result;
}

/** Waits for `work`, but not longer than `limit` ms: a silent network says nothing by itself. Then calls `giveUp` and throws. */
export async function within<T>(limit: number, work: Promise<T>, giveUp: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      giveUp();
      reject(Object.assign(new Error('the database did not answer in time'), { code: 'ETIMEDOUT' }));
    }, limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
