/**
 * How a deployment could grow beyond the one lock of its log (docs/scale.md): four brokers' logs on one Postgres, sharing one lane, two
 * or four, and what a freeze, which takes all lanes, waits for meanwhile.
 *
 * How: lanes are not built; an organization stands for each, so what runs is the code of today with the head's lock taken apart. Four
 * processes append, 16 callers each. A commit is made to take 2 ms by Postgres itself (`commit_delay`), as with a disk of its own or a
 * synchronous standby next door: else four brokers on two cores measure the processor. A freeze locks the heads in their order.
 *
 * What it does not show: what many cores of a Postgres would make of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '@writ/store';
import postgres from 'postgres';
import { type Program, startProgram } from '../../support/program.ts';
import type { Bench } from '../bench.ts';
import { count, quantile, type Row } from '../report.ts';

const BROKERS = 4;
const CALLERS = 16;
const COMMIT_MS = 2;

/** Measures one, two and four lanes. */
export async function lanesRow(bench: Bench): Promise<readonly Row[]> {
  const url = await bench.database();
  await (await openStore({ url, now: Date.now })).close();
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const database = new URL(url).pathname.slice(1);
  await sql`alter database ${sql(database)} set commit_delay to ${sql.unsafe(String(COMMIT_MS * 1000))}`;
  await sql`alter database ${sql(database)} set commit_siblings to 0`;
  for (let lane = 0; lane < BROKERS; lane += 1) await addLane(sql, `lane-${lane}`);
  const found: Measured[] = [];
  for (const lanes of [1, 2, 4]) found.push(await measure(bench, { url, sql, lanes }));
  await sql.end();
  return found.map((one) => rowOf(one, found[0]));
}

async function addLane(sql: postgres.Sql, id: string): Promise<void> {
  await sql`insert into organizations (organization_id, created_at) values (${id}, now())`;
  await sql`insert into audit_head (organization_id, seq, hash, change_seq) values (${id}, 0, ${'0'.repeat(64)}, 0)`;
}

interface Measured {
  readonly lanes: number;
  readonly per_second: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly freezes: readonly number[];
}

interface Lanes {
  readonly url: string;
  readonly sql: postgres.Sql;
  readonly lanes: number;
}

async function measure(bench: Bench, { url, sql, lanes }: Lanes): Promise<Measured> {
  const program = new URL('../programs/lane.ts', import.meta.url);
  const brokers = Array.from({ length: BROKERS }, (_, broker) =>
    startProgram(program, [JSON.stringify({ url, lane: `lane-${broker % lanes}`, callers: CALLERS })]),
  );
  bench.defer(async () => void (await Promise.all(brokers.map(({ kill }) => kill()))));
  await Promise.all(brokers.map(({ printed }) => printed(1)));
  const freezes: number[] = [];
  for (let round = 0; round < (bench.quick ? 10 : 40); round += 1) {
    await sleep(100);
    freezes.push(await freeze(sql, lanes));
  }
  const reached = await Promise.all(brokers.map(reachedBy));
  const latencies = reached.flatMap((one) => one.latencies);
  const per_second = reached.reduce((sum, one) => sum + one.count / one.seconds, 0);
  return { lanes, per_second, p50_ms: quantile(latencies, 0.5), p99_ms: quantile(latencies, 0.99), freezes };
}

async function reachedBy(broker: Program): Promise<{ count: number; seconds: number; latencies: number[] }> {
  broker.end();
  await broker.ended;
  return JSON.parse(broker.lines().at(-1) ?? '');
}

/** Takes every lane in order, moves an epoch, commits: milliseconds from asking to acknowledged. */
async function freeze(sql: postgres.Sql, lanes: number): Promise<number> {
  const ids = Array.from({ length: lanes }, (_, lane) => `lane-${lane}`);
  const begun = performance.now();
  await sql.begin(async (tx) => {
    await tx`select seq from audit_head where organization_id in ${tx(ids)} order by organization_id for update`;
    await tx`insert into epochs (organization_id, scope, subject, epoch) values ('lane-0', 'task', 'tsk_frozen', 1)
      on conflict (organization_id, scope, subject) do update set epoch = epochs.epoch + 1`;
  });
  return performance.now() - begun;
}

function rowOf({ lanes, per_second, p50_ms, p99_ms, freezes }: Measured, one: Measured | undefined): Row {
  const base = one?.per_second ?? per_second;
  return {
    work: `${BROKERS} brokers, ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}, a commit of ${COMMIT_MS} ms`,
    value: `${count(per_second)} events/s`,
    against: 'one lane',
    baseline: `${count(base)} events/s`,
    ratio: per_second / base,
    goal: '',
    note: `${CALLERS} callers a broker; an event p50 ${count(p50_ms)} ms, p99 ${count(p99_ms)} ms; a freeze of all lanes p50 ${count(quantile(freezes, 0.5))} ms, longest ${count(Math.max(...freezes))} ms`,
    numbers: { per_second, p50_ms, p99_ms, freeze_p50_ms: quantile(freezes, 0.5), freeze_max_ms: Math.max(...freezes) },
  };
}
