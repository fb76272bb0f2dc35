/**
 * What the gateway adds to a request at 500 requests a second: its median and 99th percentile less those of the upstream itself.
 *
 * How: an open loop, 500 requests a second by the clock on 32 connections, whether or not answers come, in turn to the upstream and to
 * the gateway in front of it, with the tokens of many clients. The rest is as in gateway.ts.
 *
 * What it does not show: a difference of percentiles is not the percentile of differences; and what the generator itself waits for the
 * processor is in both.
 */
import type { Bench } from '../bench.ts';
import { queryRequest } from '../broker.ts';
import { drive, type Measured, otherStatuses } from '../load.ts';
import { count, median, type Row } from '../report.ts';
import { gatewayRequests } from './gateway.ts';
import { sharedScene } from './mint.ts';

const RATE = 500;

/** Measures both. */
export async function latencyRow(bench: Bench): Promise<readonly Row[]> {
  const { broker, upstream } = await sharedScene(bench);
  bench.alone(broker.pid);
  const requests = await gatewayRequests(bench, 'Bench');
  const direct = [queryRequest({ host: 'localhost', path: '/graphql/v2', name: 'Bench' })];
  const time = bench.quick ? { warm_seconds: 1, seconds: 2 } : { warm_seconds: 1, seconds: 3 };
  const job = { connections: 32, in_flight: 32, rate: RATE, ...time };
  const rounds: { direct: Measured; writ: Measured }[] = [];
  for (let round = 0; round < (bench.quick ? 1 : 3); round += 1) {
    rounds.push({
      direct: await drive(bench, { pid: broker.pid, job: { ...job, port: upstream.port, requests: direct } }),
      writ: await drive(bench, { pid: broker.pid, job: { ...job, port: broker.port, requests } }),
    });
  }
  return [rowOf(rounds)];
}

function rowOf(rounds: readonly { direct: Measured; writ: Measured }[]): Row {
  const of = (pick: (round: (typeof rounds)[number]) => number): number => median(rounds.map(pick));
  const p50 = of(({ direct, writ }) => writ.p50_ms - direct.p50_ms);
  const p99 = of(({ direct, writ }) => writ.p99_ms - direct.p99_ms);
  const others = rounds.map(({ writ }) => otherStatuses(writ)).find((text) => text !== '');
  const seen = of(({ writ }) => writ.per_second);
  return {
    work: 'gateway, added at 500 req/s',
    value: `p50 +${p50.toFixed(2)} ms, p99 +${p99.toFixed(2)} ms`,
    against: 'the upstream directly',
    baseline: `p50 ${count(of(({ direct }) => direct.p50_ms))} ms, p99 ${count(of(({ direct }) => direct.p99_ms))} ms`,
    goal: 'p50 < 1 ms, p99 < 5 ms',
    met: p50 < 1 && p99 < 5,
    note: `${count(seen)} answers a second; the audit event's way to the disk is in it${others === undefined ? '' : `; ${others}`}`,
    numbers: { p50_added_ms: p50, p99_added_ms: p99, per_second: seen },
  };
}
