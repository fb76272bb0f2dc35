/** What the measurements share: how long they may take, one Postgres, pinned processes, and everything that must be ended. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import postgres from 'postgres';
import { type Cluster, startCluster } from '../support/cluster.ts';

/** One run of the bench. */
export interface Bench {
  /** Fewer and shorter rounds. */
  readonly quick: boolean;
  /** The file of the built broker. */
  readonly server: string;
  /** A new, empty database on the run's own Postgres, whose commits reach the disk. */
  database(): Promise<string>;
  /** Gives a process the first core to itself; everything else of the run is on the others. Does nothing where that cannot be done. */
  alone(pid: number): void;
  /** Calls `end` when the run ends, the last given first. */
  defer(end: () => Promise<void>): void;
  /** What is made once and used by several measurements. */
  once<T>(key: string, make: () => Promise<T>): Promise<T>;
  /** Says on standard error what is being done. */
  say(text: string): void;
  end(): Promise<void>;
}

/** Opens a run: pins this process, and so all it starts, to every core but the first. */
export function openBench({ quick, server }: Pick<Bench, 'quick' | 'server'>): Bench {
  const cores = availableParallelism();
  const pinned = cores > 1 && pin(process.pid, `1-${cores - 1}`);
  const ends: (() => Promise<void>)[] = [];
  const made = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, make: () => Promise<T>): Promise<T> => {
    const found = made.get(key) ?? make();
    made.set(key, found);
    return found as Promise<T>;
  };
  const cluster = (): Promise<Cluster> =>
    once('cluster', async () => {
      const started = await startCluster({ durable: true });
      ends.push(() => started.stop());
      return started;
    });
  return {
    quick,
    server,
    database: async () => await createDatabase((await cluster()).url),
    alone: (pid) => void (pinned && pin(pid, '0')),
    defer: (end) => void ends.push(end),
    once,
    say: (text) => void process.stderr.write(`${text}\n`),
    end: async () => {
      for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end().catch(report);
    },
  };
}

function report(error: unknown): void {
  process.stderr.write(`bench: could not end something: ${error instanceof Error ? error.message : String(error)}\n`);
}

async function createDatabase(admin: string): Promise<string> {
  const name = `bench_${randomBytes(4).toString('hex')}`;
  const sql = postgres(admin, { max: 1, onnotice: () => undefined });
  await sql`create database ${sql(name)}`;
  await sql.end();
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}

/** All threads of a process, and what they start, on these cores. Tells whether that could be done. */
function pin(pid: number, cores: string): boolean {
  try {
    execFileSync('taskset', ['-acp', cores, String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Processor time a process has used so far, seconds; NaN where the system does not say. */
export function processorSeconds(pid: number): number {
  try {
    // The name in brackets may hold spaces; user and system time are the 12th and 13th fields after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

/** Memory of a process that is in use now, MB (10^6 bytes); NaN where the system does not say. */
export function residentMegabytes(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return (Number(kib) * 1024) / 1e6;
  } catch {
    return Number.NaN;
  }
}
