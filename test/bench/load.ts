/** Drives the load generator, which is a process of its own. */
import { type Program, startProgram } from '../support/program.ts';
import { type Bench, processorSeconds } from './bench.ts';

/** One measured load. */
export interface Job {
  readonly port: number;
  readonly connections: number;
  /** Requests under way at one time; of more connections than that, each in turn. */
  readonly in_flight: number;
  /** Whole HTTP requests, sent in turn; `sticky`: each connection sends its own. */
  readonly requests: readonly string[];
  readonly sticky?: boolean;
  /** Connect from as many loopback addresses (Linux). */
  readonly addresses?: boolean;
  readonly warm_seconds: number;
  readonly seconds: number;
  /** Requests a second, whether or not answers come; default: the next when one is answered. */
  readonly rate?: number;
  /** Ends after so many instead of after `seconds`. */
  readonly count?: number;
  /** Answers with the bodies. */
  readonly collect?: boolean;
}

/** What a load reached. Only answers with status 200 count. */
export interface Result {
  readonly per_second: number;
  readonly done: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** The first answer that was none of these, as it came. */
  readonly refusal?: string;
  readonly bodies: readonly string[];
}

/** A result, and the processor time that the server spent on each answer, microseconds. */
export type Measured = Result & { readonly cpu_us: number };

/** The largest share of answers that may be refusals: with more of them something else is measured than what was meant. */
const MOST_REFUSED = 0.05;

/** Runs a job against a server, whose process is `pid`. Throws, with what was answered instead, where it could not be measured. */
export async function drive(
  bench: Bench,
  { pid, job }: { readonly pid: number; readonly job: Job },
): Promise<Measured> {
  const load = await bench.once('load', async () => startLoad(bench));
  const printed = load.lines().length;
  load.write(`${JSON.stringify(job)}\n`);
  await load.printed(printed + 1);
  const before = processorSeconds(pid);
  await load.printed(printed + 2);
  const used = processorSeconds(pid) - before;
  const line = load.lines()[printed + 1];
  if (line === undefined) throw new Error(`The load generator ended: ${load.stderr()}`);
  const result = JSON.parse(line) as Result;
  demandMeasured(result);
  return { ...result, cpu_us: (used * 1e6) / result.done };
}

function demandMeasured({ done, statuses, refusal = 'nothing else came' }: Result): void {
  const all = Object.values(statuses).reduce((sum, times) => sum + times, 0);
  if (done > 0 && done >= all * (1 - MOST_REFUSED)) return;
  throw new Error(
    `${done} of ${all} requests were answered 200 (${JSON.stringify(statuses)}); the first that was not:\n${refusal}`,
  );
}

function startLoad(bench: Bench): Program {
  const program = startProgram(new URL('./programs/load.ts', import.meta.url), []);
  bench.defer(() => program.kill());
  return program;
}

/** A whole HTTP/1.1 request as text. */
export function httpRequest(parts: {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly host: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}): string {
  const { method, path, host, headers = {}, body = '' } = parts;
  const lines = Object.entries({ host, ...headers, 'content-length': String(Buffer.byteLength(body)) });
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

/** What went otherwise than 200, as text; empty when nothing did. */
export function otherStatuses({ statuses }: Result): string {
  const others = Object.entries(statuses).filter(([status]) => status !== '200');
  return others.map(([status, times]) => `${times} answers were ${status}`).join(', ');
}
