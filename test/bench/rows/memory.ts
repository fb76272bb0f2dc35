/**
 * Memory of the broker: RSS on Postgres when idle and with 100 000 live tokens, and on the embedded database when idle.
 *
 * How: VmRSS of /proc (Linux) two seconds after the last request, of a broker just started on a database that is set up. Of the 100 000
 * live tokens as many as the time allows are minted over HTTP; the rest, which the broker can only meet in the database, are put there
 * by the store's own log in batches. Then every token that was minted is used once at the gateway, as long as the time allows, since
 * that is what a broker remembers tokens for.
 *
 * What it does not show: weeks of uptime, or many connections and large inventories.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type IssuedToken, openAuditLog, openStore, DEFAULT_ORGANIZATION as organization_id } from '@writ/store';
import { type Bench, residentMegabytes } from '../bench.ts';
import { queryRequest, type Scene, startBench, tokenRequest } from '../broker.ts';
import { drive } from '../load.ts';
import { count, type Row } from '../report.ts';
import { sharedScene } from './mint.ts';

const LIVE = 100_000;

/** Measures the three. */
export async function memoryRow(bench: Bench): Promise<readonly Row[]> {
  const embedded = await idleEmbedded(bench);
  const scene = await sharedScene(bench);
  const broker = await startBench(bench, { beside: scene.broker });
  await sleep(2000);
  const idle = residentMegabytes(broker.pid);
  const used = await fill(bench, { ...scene, broker });
  await sleep(2000);
  const full = residentMegabytes(broker.pid);
  await broker.stop();
  return [
    rowOf({ work: 'memory, Postgres, idle', value: idle, goal: 150, note: 'RSS two seconds after the start' }),
    rowOf({
      work: 'memory, Postgres, 100 000 live tokens',
      value: full,
      goal: 250,
      note: `${used.minted} of them minted over HTTP, the rest put into the database; ${used.used} used at the gateway`,
    }),
    rowOf({
      work: 'memory, embedded database, idle',
      value: embedded,
      note: 'the embedded database is within the process',
    }),
  ];
}

function rowOf({ work, value, goal, note }: { work: string; value: number; goal?: number; note: string }): Row {
  const verdict = goal === undefined ? { goal: '' } : { goal: `< ${goal} MB`, met: value < goal };
  return { work, value: `${count(value)} MB`, against: '', baseline: '', ...verdict, note, numbers: { rss_mb: value } };
}

async function idleEmbedded(bench: Bench): Promise<number> {
  const broker = await startBench(bench);
  await sleep(2000);
  const resident = residentMegabytes(broker.pid);
  await broker.stop();
  return resident;
}

async function fill(bench: Bench, scene: Scene): Promise<{ minted: number; used: number }> {
  const { broker, clients } = scene;
  const requests = clients.map((client) => tokenRequest(client, { host: broker.host, path: '/oauth/token' }));
  const job = { port: broker.port, warm_seconds: 0, in_flight: 64 };
  const sticky = { requests, connections: clients.length, sticky: true, addresses: true, collect: true };
  const seconds = bench.quick ? 2 : 8;
  const { bodies } = await drive(bench, { pid: broker.pid, job: { ...job, ...sticky, seconds } });
  await seed(scene, LIVE - bodies.length);
  const tokens = bodies.map((body) => String((JSON.parse(body) as { access_token: unknown }).access_token));
  const path = '/gateway/railway/graphql/v2';
  const uses = tokens.map((token) => queryRequest({ host: broker.host, path, name: 'Bench', token }));
  const used = { ...job, requests: uses, connections: 64, seconds: bench.quick ? 2 : 8 };
  const { done } = await drive(bench, { pid: broker.pid, job: used });
  return { minted: bodies.length, used: Math.min(done, uses.length) };
}

/** Tokens of the scene's first client, each with a task of its own, as the token endpoint records them. */
async function seed({ broker, clients }: Scene, wanted: number): Promise<void> {
  const store = await openStore({ url: broker.env['DATABASE_URL'] ?? '', now: Date.now });
  const log = openAuditLog(store, { organization_id });
  const client_id = clients[0]?.client_id ?? '';
  const rest = { epochs: [], instead: () => ({ kind: 'token.refused' }) };
  for (let made = 0; made < wanted; made += 1000) {
    const issued = Array.from({ length: Math.min(1000, wanted - made) }, (_, index) =>
      tokenOf(client_id, made + index),
    );
    await Promise.all(issued.map((token) => log.append({ kind: 'token.issued' }, { ...rest, issued: token })));
  }
  await store.close();
}

function tokenOf(client_id: string, index: number): IssuedToken {
  const now = Date.now();
  const task_id = `tsk_bench${index}`;
  const expires_at = now + 3_600_000;
  return {
    token: {
      organization_id,
      jti: `tok_bench${index}`,
      client_id,
      task_id,
      kid: 'bench',
      aud: 'http://localhost/gateway',
      issued_at: now,
      expires_at,
      details: null,
      act_chain: [],
    },
    task: {
      organization_id,
      id: task_id,
      client_id,
      purpose: null,
      created_at: now,
      last_token_at: now,
      ends_at: now + 86_400_000,
    },
    begins_task: true,
  };
}
