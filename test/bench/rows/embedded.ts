/**
 * The gateway on the embedded database, which everybody's first start has: requests a second against the same on Postgres, its latency
 * at 100 requests a second, and its memory.
 *
 * How: as in gateway.ts, two brokers from the same build, in turn alone on the first core. The embedded database runs within the broker,
 * so its work is in the broker's processor time, where that of Postgres is not. Commits are on the disk before they count, on both.
 *
 * What it does not show: a data folder on a slow disk, or one that has grown for weeks.
 */
import { type Bench, residentMegabytes } from '../bench.ts';
import { mintTokens, openScene, queryRequest } from '../broker.ts';
import { drive, type Measured, otherStatuses } from '../load.ts';
import { count, median, type Row } from '../report.ts';
import { gatewayRequests, PATH } from './gateway.ts';
import { sharedScene } from './mint.ts';

const RATE = 100;

interface Round {
  readonly embedded: Measured;
  readonly postgres: Measured;
}

/** Measures rate, latency and memory. */
export async function embeddedRow(bench: Bench): Promise<readonly Row[]> {
  const scene = await openScene(bench, { clients: bench.quick ? 50 : 100, embedded: true });
  const { broker } = scene;
  const tokens = await mintTokens(bench, { ...scene, each: 1 });
  const requests = tokens.map((token) => queryRequest({ host: broker.host, path: PATH, name: 'Bench', token }));
  const other = await sharedScene(bench);
  const otherRequests = await gatewayRequests(bench, 'Bench');
  for (const { pid } of [broker, other.broker]) bench.alone(pid);
  const rounds: Round[] = [];
  for (let round = 0; round < (bench.quick ? 1 : 5); round += 1) {
    const job = { connections: 64, in_flight: 64, warm_seconds: round > 0 ? 0.5 : 2, seconds: 2 };
    rounds.push({
      embedded: await drive(bench, { pid: broker.pid, job: { ...job, port: broker.port, requests } }),
      postgres: await drive(bench, {
        pid: other.broker.pid,
        job: { ...job, port: other.broker.port, requests: otherRequests },
      }),
    });
  }
  const job = { port: broker.port, requests, connections: 32, in_flight: 32, rate: RATE };
  const paced = await drive(bench, {
    pid: broker.pid,
    job: { ...job, warm_seconds: 1, seconds: bench.quick ? 3 : 10 },
  });
  const resident = residentMegabytes(broker.pid);
  await broker.stop();
  return [rateOf(rounds, resident), latencyOf(paced)];
}

function rateOf(rounds: readonly Round[], resident: number): Row {
  const of = (pick: (round: Round) => number): number => median(rounds.map(pick));
  const [embedded, postgres] = [of((round) => round.embedded.per_second), of((round) => round.postgres.per_second)];
  const ratio = of((round) => round.embedded.per_second / round.postgres.per_second);
  const [cpu, p99] = [of((round) => round.embedded.cpu_us), of((round) => round.embedded.p99_ms)];
  const others = rounds.map((round) => otherStatuses(round.embedded)).find((text) => text !== '');
  return {
    work: 'gateway on the embedded database',
    value: `${count(embedded)} req/s`,
    against: 'the same on Postgres',
    baseline: `${count(postgres)} req/s`,
    ratio,
    goal: '1 000/s, 0.5x',
    met: embedded >= 1000 && ratio >= 0.5,
    note: `durable as on Postgres; processor time ${count(cpu)} us a request, the database's in it; p50 ${count(of((round) => round.embedded.p50_ms))} ms, p99 ${count(p99)} ms at 64 under way; RSS afterwards ${count(resident)} MB${others === undefined ? '' : `; ${others}`}`,
    numbers: { embedded, postgres, ratio, cpu_us: cpu, p99_ms: p99, resident_mb: resident },
  };
}

function latencyOf(paced: Measured): Row {
  const others = otherStatuses(paced);
  return {
    work: `gateway on the embedded database at ${RATE} req/s`,
    value: `p50 ${paced.p50_ms.toFixed(2)} ms, p99 ${paced.p99_ms.toFixed(2)} ms`,
    against: '',
    baseline: '',
    goal: 'p50 < 10 ms',
    met: paced.p50_ms < 10,
    note: `${count(paced.per_second)} answers a second; the whole answer, upstream included${others === '' ? '' : `; ${others}`}`,
    numbers: { p50_ms: paced.p50_ms, p99_ms: paced.p99_ms, cpu_us: paced.cpu_us },
  };
}
