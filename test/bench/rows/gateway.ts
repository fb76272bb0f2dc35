/**
 * The gateway's requests a second, for answers of 1 KiB and of 1 MiB, against undici's bare `dispatch` on the same Node.
 *
 * How: one upstream that answers at once; the broker on Postgres and a bare proxy in their own processes, in turn alone on the first
 * core; the load generator, the upstream and Postgres on the others. The requests are GraphQL queries that read staging, sent with
 * the tokens of many clients in turn, because a task is limited to 60 requests a second and that limit stays on. Every check is on:
 * the token, its client, task and grants, the document, its reach, the decision, an audit event on disk before the request goes out
 * and another for its outcome, the search for the root credential in what comes back.
 *
 * What it does not show: a first request (the document, the token and the inventory are remembered after it), TLS, or an upstream
 * that takes its time. On a machine with two cores the generator, the upstream and Postgres share one, which is to Writ's disadvantage.
 */
import { type Bench, residentMegabytes } from '../bench.ts';
import { mintTokens, queryRequest, startServer } from '../broker.ts';
import { drive, type Measured, otherStatuses } from '../load.ts';
import { count, median, type Row } from '../report.ts';
import { sharedScene } from './mint.ts';

interface Kind {
  readonly work: string;
  readonly name: 'Bench' | 'BenchLarge';
  readonly connections: number;
  readonly goal: number;
}

const SMALL: Kind = { work: 'gateway, 1 KiB JSON, one core', name: 'Bench', connections: 64, goal: 0.5 };
const LARGE: Kind = { work: 'gateway, 1 MiB answers', name: 'BenchLarge', connections: 16, goal: 0.9 };
/** The path that is measured. */
export const PATH = '/gateway/railway/graphql/v2';

/** Measures small answers. */
export function gatewayRow(bench: Bench): Promise<readonly Row[]> {
  return measure(bench, SMALL);
}

/** Measures large answers. */
export function largeRow(bench: Bench): Promise<readonly Row[]> {
  return measure(bench, LARGE);
}

/** Tokens for every client of the shared scene, and the requests that use them in turn. */
export async function gatewayRequests(bench: Bench, name: Kind['name']): Promise<string[]> {
  const scene = await sharedScene(bench);
  const tokens = await bench.once('tokens', () => mintTokens(bench, { ...scene, each: 2 }));
  return tokens.map((token) => queryRequest({ host: scene.broker.host, path: PATH, name, token }));
}

interface Round {
  readonly bare: Measured;
  readonly writ: Measured;
}

async function measure(bench: Bench, kind: Kind): Promise<readonly Row[]> {
  const { broker, upstream } = await sharedScene(bench);
  const bare = await bench.once('bare', () => startServer(bench, 'bare-proxy.ts', [upstream.url]));
  for (const { pid } of [broker, bare]) bench.alone(pid);
  const direct = [queryRequest({ host: 'localhost', path: '/graphql/v2', name: kind.name })];
  const requests = await gatewayRequests(bench, kind.name);
  const { connections } = kind;
  const seconds = bench.quick ? 1.5 : 2;
  const rounds: Round[] = [];
  const resident: number[] = [];
  for (let round = 0; round < (bench.quick ? 1 : 5); round += 1) {
    // Before the first round code is compiled and every token is met for the first time.
    const job = { connections, in_flight: connections, warm_seconds: round > 0 ? 0.5 : bench.quick ? 1.5 : 3, seconds };
    rounds.push({
      bare: await drive(bench, { pid: bare.pid, job: { ...job, port: bare.port, requests: direct } }),
      writ: await drive(bench, { pid: broker.pid, job: { ...job, port: broker.port, requests } }),
    });
    resident.push(residentMegabytes(broker.pid));
  }
  return [rowOf(kind, { rounds, resident })];
}

function rowOf(kind: Kind, { rounds, resident }: { rounds: readonly Round[]; resident: readonly number[] }): Row {
  const of = (pick: (round: Round) => number): number => median(rounds.map(pick));
  const [writ, bare] = [of((round) => round.writ.per_second), of((round) => round.bare.per_second)];
  const ratio = of((round) => round.writ.per_second / round.bare.per_second);
  const [cpu, cpuBare] = [of((round) => round.writ.cpu_us), of((round) => round.bare.cpu_us)];
  const others = rounds.map((round) => otherStatuses(round.writ)).find((text) => text !== '');
  const memory = `the broker's RSS after each round ${resident.map((megabytes) => count(megabytes)).join(', ')} MB`;
  return {
    work: kind.work,
    value: `${count(writ)} req/s`,
    against: 'bare undici dispatch, no checks',
    baseline: `${count(bare)} req/s`,
    ratio,
    goal: `${kind.goal}x`,
    met: ratio >= kind.goal,
    note: `all checks on, decision durable before it goes out; processor time ${count(cpu)} us a request, bare ${count(cpuBare)} us (${(cpuBare / cpu).toFixed(2)}x); p50 ${count(of((round) => round.writ.p50_ms))} ms, bare ${count(of((round) => round.bare.p50_ms))} ms at ${kind.connections} under way; ${memory}${others === undefined ? '' : `; ${others}`}`,
    numbers: { writ, bare, ratio, cpu_us: cpu, bare_cpu_us: cpuBare, resident_mb: Math.max(...resident) },
  };
}
