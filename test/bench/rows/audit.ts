/**
 * Durable audit events a second: the log's group commit against an insert and a commit for each event.
 *
 * How: audit.ts, in this process, at the same concurrency, on a Postgres whose commits reach the disk. Group commit includes the hash
 * chain and the check of the epochs; single-row inserts go over ten connections and have neither.
 *
 * What it does not show: a slow disk, where single inserts lose far more, or a Postgres on another machine.
 */
import { benchAudit } from '../audit.ts';
import type { Bench } from '../bench.ts';
import { count, median, type Row } from '../report.ts';

/** Measures both with 64 callers, and with 256. */
export async function auditRow(bench: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const concurrency of [64, 256]) rows.push(await measure(bench, concurrency));
  return rows;
}

async function measure(bench: Bench, concurrency: number): Promise<Row> {
  const rounds: Awaited<ReturnType<typeof benchAudit>>[] = [];
  for (let round = 0; round < (bench.quick ? 1 : 3); round += 1) {
    rounds.push(await benchAudit({ url: await bench.database(), concurrency, seconds: bench.quick ? 1 : 2 }));
  }
  const of = (pick: (round: (typeof rounds)[number]) => number): number => median(rounds.map(pick));
  const [group, single, ratio] = [
    of((round) => round.group.events_per_second),
    of((round) => round.single.events_per_second),
    of((round) => round.ratio),
  ];
  return {
    work: `durable audit, ${concurrency} callers`,
    value: `${count(group)} events/s`,
    against: 'single-row inserts, 10 connections',
    baseline: `${count(single)} rows/s`,
    ratio,
    goal: '3x, over 20 000/s',
    met: ratio >= 3 && group > 20_000,
    note: `chain and epoch check included; p50 ${of((round) => round.group.p50_ms).toFixed(2)} ms, p99 ${of((round) => round.group.p99_ms).toFixed(2)} ms, single p50 ${of((round) => round.single.p50_ms).toFixed(2)} ms`,
    numbers: { group, single, ratio },
  };
}
