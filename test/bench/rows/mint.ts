/**
 * Tokens a second of the token endpoint over HTTP, against `oidc-provider`.
 *
 * How: both servers in their own processes, in turn alone on the first core; the load generator, and Writ's Postgres, share the
 * others. Grant type `client_credentials` with `client_secret_basic`, ES256 JWTs, 64 requests under way over as many connections as
 * there are clients. Each client has a loopback address of its own, because Writ limits token requests to 20 a second (burst 100) per
 * client and per address, and that limit stays on. Writ's answers count only once token, task and audit event are on disk.
 *
 * What it does not show: equal work. `oidc-provider` keeps its tokens in memory, has no audit log, no rate limit and no grants to
 * look up. On a machine with two cores the generator and Postgres get in each other's way, which is to Writ's disadvantage.
 */
import type { Bench } from '../bench.ts';
import { type BenchClient, openScene, type Scene, startServer, tokenRequest } from '../broker.ts';
import { drive, type Measured, otherStatuses } from '../load.ts';
import { count, median, type Row } from '../report.ts';

/** The scene that the rows about tokens and the gateway share. */
export function sharedScene(bench: Bench): Promise<Scene> {
  return bench.once('scene', () => openScene(bench, { clients: bench.quick ? 100 : 250 }));
}

/** Measures both. */
export async function mintRow(bench: Bench): Promise<readonly Row[]> {
  const { broker, clients } = await sharedScene(bench);
  const pairs = clients.map(({ client_id, client_secret }) => [client_id, client_secret]);
  const oidc = await startServer(bench, 'oidc-provider.ts', [JSON.stringify(pairs)]);
  for (const { pid } of [broker, oidc]) bench.alone(pid);
  let warm_seconds = bench.quick ? 1.5 : 3;
  const measure = (server: { pid: number; port: number }, at: { host: string; path: string }): Promise<Measured> =>
    drive(bench, {
      pid: server.pid,
      job: { ...jobOf(bench, { port: server.port, requests: requestsOf(clients, at) }), warm_seconds },
    });
  const rounds: { writ: Measured; oidc: Measured }[] = [];
  for (let round = 0; round < (bench.quick ? 1 : 5); round += 1) {
    rounds.push({
      oidc: await measure(oidc, { host: 'localhost', path: '/token' }),
      writ: await measure(broker, { host: broker.host, path: '/oauth/token' }),
    });
    warm_seconds = 0.5;
  }
  return [rowOf(rounds)];
}

function requestsOf(clients: readonly BenchClient[], at: { host: string; path: string }): string[] {
  return clients.map((client) => tokenRequest(client, at));
}

function jobOf({ quick }: Bench, { port, requests }: { port: number; requests: string[] }) {
  const seconds = quick ? 1.5 : 2;
  return { port, connections: requests.length, in_flight: 64, requests, sticky: true, addresses: true, seconds };
}

function rowOf(rounds: readonly { writ: Measured; oidc: Measured }[]): Row {
  const writ = median(rounds.map((round) => round.writ.per_second));
  const oidc = median(rounds.map((round) => round.oidc.per_second));
  const ratio = median(rounds.map((round) => round.writ.per_second / round.oidc.per_second));
  const cpu = median(rounds.map((round) => round.writ.cpu_us));
  const cpuOidc = median(rounds.map((round) => round.oidc.cpu_us));
  const p50 = median(rounds.map((round) => round.writ.p50_ms));
  const p99 = median(rounds.map((round) => round.writ.p99_ms));
  const others = rounds.map((round) => otherStatuses(round.writ)).find((text) => text !== '');
  return {
    work: 'mint over HTTP, one core',
    value: `${count(writ)} tokens/s`,
    against: 'oidc-provider, ES256 JWT, in memory',
    baseline: `${count(oidc)} tokens/s`,
    ratio,
    goal: '2x',
    met: ratio >= 2,
    note: `token, task and audit event durable; p50 ${count(p50)} ms, p99 ${count(p99)} ms at 64 under way; processor time of the server ${count(cpu)} us a token, oidc-provider ${count(cpuOidc)} us${others === undefined ? '' : `; ${others}`}`,
    numbers: { writ, oidc, ratio, cpu_us: cpu, oidc_cpu_us: cpuOidc, p50_ms: p50, p99_ms: p99 },
  };
}
