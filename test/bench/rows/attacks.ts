/**
 * What attacks by anybody who can open a socket cost the others: how long a valid client waits at worst, and how much the broker grows.
 *
 * How: each program of `test/attacks/programs/` attacks a broker with a heap of 1 GiB, on loopback, from the very address that its valid
 * clients have. Meanwhile an agent reads through the gateway every 50 ms, and an owner asks who they are, each time on a connection of
 * its own, as `writ freeze` would. A call that is refused or cut off is made again at once, and has waited from the first attempt on.
 *
 * What it does not show: attacks from many networks, which share what strangers may have of everything. The programs, the clients and
 * Postgres share the cores that the broker leaves them.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProgram } from '../../support/program.ts';
import type { Bench } from '../bench.ts';
import { mintTokens, openScene, type Scene } from '../broker.ts';
import { count, type Row } from '../report.ts';

/** The programs, and what each is. */
const ATTACKS: Readonly<Record<string, string>> = {
  'chunks-session': 'one-byte chunks at the sign-in, 120 sockets',
  'chunks-gateway': 'one-byte chunks with a token, 8 requests',
  unread: 'refusals that nobody reads, 50 sockets',
  pipelined: '1,000 pipelined GETs on 60 sockets',
  strangers: 'unknown connections, 60 sockets',
  names: 'tokens for 200 unknown operations, 100 at once',
  explain: 'self/explain of 190 operations, 120 at once',
  wide: 'calls of 190 operations, 120 at once',
  documents: 'the largest document, never read, 400 sockets',
  heads: 'heads of 2,000 lines, 16 on 400 sockets',
  cookies: 'calls with a cookie of 15 KiB, 100 at once',
};

const GOAL_WAIT_MS = 1_000;
const GOAL_GROWTH_MIB = 300;

/** Attacks, one program after the other, each a broker of its own. */
export async function attacksRow(bench: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [name, what] of Object.entries(ATTACKS)) {
    bench.say(`attack: ${what}`);
    const scene = await openScene(bench, { clients: 2, flags: ['--max-old-space-size=1024'] });
    bench.alone(scene.broker.pid);
    rows.push(
      rowOf(
        what,
        await suffer(scene, { name, tokens: await mintTokens(bench, { ...scene, each: 2 }), quick: bench.quick }),
      ),
    );
    await scene.broker.stop();
  }
  return rows;
}

interface Attacker {
  readonly name: string;
  readonly tokens: readonly string[];
  readonly quick: boolean;
}

interface Harm {
  /** The longest wait, milliseconds, and the number of calls. */
  readonly agent: Waits;
  readonly owner: Waits;
  readonly growth_mib: number;
  /** Processor time of the broker while it was attacked, all threads. */
  readonly cpu_ms: number;
  readonly died: boolean;
  readonly toll: string;
}

interface Waits {
  worst_ms: number;
  calls: number;
}

async function suffer({ broker, owner, clients }: Scene, { name, tokens, quick }: Attacker): Promise<Harm> {
  // Each client's two tokens lie together or not: whose is whose the tokens say.
  const valid = tokens[0] ?? '';
  const narrow = tokens.find((token) => clientOf(token) !== clientOf(valid)) ?? '';
  const attacker = clients.find(({ client_id }) => client_id === clientOf(narrow));
  const seconds = quick ? 4 : 10;
  const kept = new Agent({ keepAlive: true, maxSockets: 4 });
  const until = { over: false };
  const reading = {
    port: broker.port,
    path: '/gateway/railway/graphql/v2',
    headers: { host: broker.host, authorization: `Bearer ${valid}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'query Bench { environment(id: "e_staging") { id name } }' }),
  };
  const asking = { port: broker.port, path: '/api/v1/me', headers: { host: broker.host, cookie: owner.cookie } };
  await callUntilServed(reading, kept, until);
  const before = rssMib(broker.pid) ?? 0;
  const busy = cpuMs(broker.pid);
  const program = startProgram(new URL(`../../attacks/programs/${name}.ts`, import.meta.url), [
    String(broker.port),
    String(seconds),
    narrow,
    `${attacker?.client_id}:${attacker?.client_secret}`,
  ]);
  const served = { over: false };
  const peak = watchRss(broker.pid, served);
  const waits = [repeat(reading, kept, until), repeat(asking, undefined, until)];
  await program.ended;
  // Clients that still wait are waited for, but not for ever.
  until.over = true;
  const [agent = NONE, mine = NONE] = await Promise.all(waits);
  kept.destroy();
  served.over = true;
  const highest = await peak;
  const died = rssMib(broker.pid) === undefined;
  const cpu_ms = cpuMs(broker.pid) - busy;
  return {
    agent,
    owner: mine,
    growth_mib: highest - before,
    cpu_ms,
    died,
    toll: program.lines()[0] ?? program.stderr(),
  };
}

function clientOf(token: string): string {
  const [, payload = ''] = token.split('.');
  return String((JSON.parse(Buffer.from(payload, 'base64url').toString()) as { client_id: unknown }).client_id);
}

const NONE: Waits = { worst_ms: 0, calls: 0 };

interface Call {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Until {
  over: boolean;
}

async function repeat(call: Call, agent: Agent | undefined, until: Until): Promise<Waits> {
  const waits: Waits = { worst_ms: 0, calls: 0 };
  while (!until.over) {
    const began = performance.now();
    await callUntilServed(call, agent, until);
    waits.worst_ms = Math.max(waits.worst_ms, performance.now() - began);
    waits.calls += 1;
    await sleep(50);
  }
  return waits;
}

const GIVE_UP_MS = 60_000;

/** Makes a call again and again until it is answered 200, or a minute after the attack is over. */
async function callUntilServed(call: Call, agent: Agent | undefined, until: Until): Promise<void> {
  const began = performance.now();
  while (performance.now() - began < GIVE_UP_MS) {
    if ((await callOnce(call, agent)) === 200) return;
    if (until.over && performance.now() - began > 5_000) return;
    await sleep(20);
  }
}

function callOnce({ port, path, headers, body }: Call, agent: Agent | undefined): Promise<number> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path, headers, agent: agent ?? false, timeout: GIVE_UP_MS };
    const sending = request({ ...options, method: body === undefined ? 'GET' : 'POST' }, (response) => {
      response.resume().once('close', () => resolve(response.statusCode ?? 0));
    });
    sending.on('timeout', () => sending.destroy()).on('error', () => resolve(0));
    sending.end(body);
  });
}

async function watchRss(pid: number, until: Until): Promise<number> {
  let highest = 0;
  while (!until.over) {
    highest = Math.max(highest, rssMib(pid) ?? 0);
    await sleep(100);
  }
  return highest;
}

/** Resident memory in MiB (Linux); undefined where the process is gone. */
function rssMib(pid: number): number | undefined {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
}

/** Processor time a process has used, milliseconds (Linux, 100 ticks a second). */
function cpuMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

function rowOf(what: string, { agent, owner, growth_mib, cpu_ms, died, toll }: Harm): Row {
  const worst = Math.max(agent.worst_ms, owner.worst_ms);
  return {
    work: what,
    value: died ? 'the broker died' : `worst wait ${count(worst)} ms`,
    against: '',
    baseline: `RSS +${count(growth_mib)} MiB`,
    goal: 'wait < 1 s, RSS < +300 MiB',
    met: !died && worst < GOAL_WAIT_MS && growth_mib < GOAL_GROWTH_MIB,
    note: `agent ${count(agent.worst_ms)} ms of ${agent.calls} calls, owner ${count(owner.worst_ms)} ms of ${owner.calls}; ${count(cpu_ms)} ms of processor; the attack: ${toll}`,
    numbers: { agent_worst_ms: agent.worst_ms, owner_worst_ms: owner.worst_ms, growth_mib, cpu_ms, died: Number(died) },
  };
}
