import { type AuditEvent, openAuditLog, openStore, DEFAULT_ORGANIZATION as organization_id } from '@writ/store';
import postgres from 'postgres';

/** What one way of recording reached. Latencies in milliseconds. */
export interface AuditRate {
  readonly events_per_second: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

export interface AuditBench {
  readonly concurrency: number;
  readonly group: AuditRate;
  readonly single: AuditRate;
  /** `group` against `single`. */
  readonly ratio: number;
}

export interface AuditBenchOptions {
  /** A Postgres whose commits reach the disk. */
  readonly url: string;
  /** How many callers wait at once. */
  readonly concurrency: number;
  /** How long each way is measured. */
  readonly seconds: number;
}

/** An event as the gateway records it: about 600 bytes. */
const EVENT: AuditEvent = {
  kind: 'request.allowed',
  actor: 'client:ci-deploy',
  client_id: 'ci-deploy',
  task_id: 'tsk_01jbench00000000000000000',
  connection: 'railway',
  operations: ['customDomainCreate'],
  result: 'allow',
  request_id: 'req_01jbench00000000000000000',
  data: {
    jti: 'tok_01jbench00000000000000000',
    pairs: [{ operation: 'customDomainCreate', effect: 'write', environment: 'staging', grant: 'grt_01jbench0000000' }],
    rules: [{ environments: 'other', operations: '*:write', outcome: 'allow' }],
  },
};

const EPOCHS = (['organization', 'connection', 'client', 'task', 'key'] as const).map((scope) => ({
  scope,
  subject: `${scope}_bench`,
  epoch: 0,
}));

/** Measures the audit log's group commit, epoch check included, against an insert and a commit per event on ten connections. */
export async function benchAudit({ url, concurrency, seconds }: AuditBenchOptions): Promise<AuditBench> {
  const single = await benchSingle({ url, concurrency, seconds });
  const group = await benchGroup({ url, concurrency, seconds });
  return { concurrency, group, single, ratio: group.events_per_second / single.events_per_second };
}

async function benchGroup({ url, ...load }: AuditBenchOptions): Promise<AuditRate> {
  const store = await openStore({ url, now: Date.now });
  const log = openAuditLog(store, { organization_id });
  const rate = await measure(load, () => log.append(EVENT, { epochs: EPOCHS, instead: () => EVENT }));
  await store.close();
  return rate;
}

async function benchSingle({ url, ...load }: AuditBenchOptions): Promise<AuditRate> {
  await (await openStore({ url, now: Date.now })).close();
  const sql = postgres(url, { max: 10, onnotice: () => undefined });
  await sql`create table bench_single (like audit_events including all)`;
  const text = JSON.stringify(EVENT);
  const hash = '0'.repeat(64);
  let seq = 0;
  const rate = await measure(load, () => {
    seq += 1;
    return sql`insert into bench_single (organization_id, seq, event, hash, prev_hash, at, kind, actor, client_id, task_id,
        connection, operations, result, request_id)
      values (${organization_id}, ${seq}, ${text}, ${hash}, ${hash}, ${new Date()}, ${EVENT.kind}, ${EVENT.actor ?? null},
        ${EVENT.client_id ?? null}, ${EVENT.task_id ?? null}, ${EVENT.connection ?? null}, ${[...(EVENT.operations ?? [])]},
        ${EVENT.result ?? null}, ${EVENT.request_id ?? null})`;
  });
  await sql`drop table bench_single`;
  await sql.end();
  return rate;
}

/** Keeps `concurrency` of `work` going for half a second unmeasured, then for `seconds`. */
async function measure(
  { concurrency, seconds }: { concurrency: number; seconds: number },
  work: () => PromiseLike<unknown>,
): Promise<AuditRate> {
  const begin = performance.now() + 500;
  const end = begin + seconds * 1000;
  const latencies: number[] = [];
  const caller = async (): Promise<void> => {
    for (let started = performance.now(); started < end; started = performance.now()) {
      await work();
      const ended = performance.now();
      if (started >= begin && ended <= end) latencies.push(ended - started);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { events_per_second: latencies.length / seconds, p50_ms: at(0.5), p99_ms: at(0.99) };
}
