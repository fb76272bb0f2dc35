/**
 * What a gateway call costs, and the first use of a token, as there is more of what decides: grants of the client, guardrails,
 * environments of the connection, and tokens that are used in turn; and as the audit log grows, to which each call adds.
 *
 * How: processor time of the broker for each request. One broker on Postgres, warmed up by another client; for each size a client of
 * its own with a hundred tokens. First each token is used once, 40 a second: the first use. Then all are used in turn, 300 requests
 * a second by the clock: a call. Environments are put into the database, because the stand-in provider has few. Tokens in turn: every
 * token is used once, then every one again. The log is filled by a writer beside the broker, with events like those of requests, and
 * the tree over it follows, before anything is measured.
 *
 * What it does not show: what is waited for while the database answers (the median of the first use is told beside it).
 */
import {
  auditHead,
  bumpEpochs,
  growTree,
  insertEnvironment,
  listConnections,
  listEnvironments,
  openAuditLog,
  openStore,
  DEFAULT_ORGANIZATION as organization_id,
} from '@writ/store';
import type { Bench } from '../bench.ts';
import { addClient, type BenchClient, GRANT, mintTokens, openScene, queryRequest, type Scene } from '../broker.ts';
import { drive, type Measured } from '../load.ts';
import { count, type Row } from '../report.ts';

/** At one size: microseconds of the processor for a first use and for a call, and how long a first use took, milliseconds. */
interface Cost {
  readonly size: number;
  readonly first_us?: number;
  readonly first_ms?: number;
  readonly call_us: number;
}

/** The most that the largest size may cost of what the smallest does, to be called flat. */
const FLAT = 1.25;

/** Measures all five. */
export async function growthRow(bench: Bench): Promise<readonly Row[]> {
  const scene = await openScene(bench, { clients: bench.quick ? 50 : 240 });
  bench.alone(scene.broker.pid);
  await costOf(bench, scene, scene.clients[0]);
  return [
    rowOf('tokens in turn', await inTurn(bench, scene)),
    rowOf('grants of the client', await bySize([10, 100, 1_000], (size) => withGrants(bench, scene, size))),
    rowOf('guardrails', await bySize([10, 100, 500], (size) => withGuardrails(bench, scene, size))),
    rowOf('environments', await bySize([10, 100, 1_000], (size) => withEnvironments(bench, scene, size))),
    rowOf(
      'audit log',
      await bySize([10_000, bench.quick ? 100_000 : 1_000_000], (size) => withLog(bench, scene, size)),
    ),
  ];
}

async function bySize(sizes: readonly number[], measure: (size: number) => Promise<Cost>): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const size of sizes) costs.push(await measure(size));
  return costs;
}

async function withGrants(bench: Bench, scene: Scene, size: number): Promise<Cost> {
  const client = await addClient(scene.owner, `grants-${size}`);
  const grants = Array.from({ length: size - 1 }, (_, index) => ({
    ...GRANT,
    arguments: { customDomainCreate: { 'input.domain': { ends_with: `.${index}.example.com` } } },
  }));
  const { client_id } = client;
  const addOne = async (): Promise<void> => {
    for (let grant = grants.pop(); grant !== undefined; grant = grants.pop()) {
      await scene.owner.client.call('grants.create', { client_id, ...grant });
    }
  };
  await Promise.all(Array.from({ length: 8 }, addOne));
  return { ...(await costOf(bench, scene, client)), size };
}

async function withGuardrails(bench: Bench, scene: Scene, size: number): Promise<Cost> {
  const { client, assertion } = scene.owner;
  const items = Array.from({ length: size }, (_, index) => ({
    environments: 'staging',
    operations: '*:destroy',
    outcome: 'hold' as const,
    hold_minutes: 10 + index,
  }));
  await client.call('guardrails.put', { items }, { assertion });
  const cost = await costOf(bench, scene, await addClient(scene.owner, `guardrails-${size}`));
  await client.call('guardrails.put', { items: [] }, { assertion });
  return { ...cost, size };
}

/** As many as `size` in all: those of smaller sizes are there already. */
async function withEnvironments(bench: Bench, scene: Scene, size: number): Promise<Cost> {
  const store = await openStore({ url: scene.broker.env['DATABASE_URL'] ?? '', now: Date.now });
  const listed = await listConnections(store.db, { organization_id, limit: 1 });
  const connection_id = listed.items[0]?.id ?? '';
  const { length } = await listEnvironments(store.db, { organization_id, connection_id });
  await store.transaction(async (tx) => {
    for (let index = length; index < size; index += 1) {
      const slug = `added-${index}`;
      const selector = { environment_ids: [`e_${slug}`] };
      const row = { organization_id, connection_id, id: `env_${slug}`, slug, selector, protected: false };
      const members = [`id:e_${slug}`];
      await insertEnvironment(tx, { ...row, members, created_by: 'bench', created_at: Date.now() });
    }
    const keys = [{ scope: 'connection' as const, subject: connection_id }];
    await bumpEpochs(tx, { organization_id, now: Date.now(), keys });
  });
  await store.close();
  return { ...(await costOf(bench, scene, await addClient(scene.owner, `environments-${size}`))), size };
}

/** How many events are recorded at once. */
const AT_ONCE = 5_000;

/** As many entries as `size` in all: those of before are there already. */
async function withLog(bench: Bench, scene: Scene, size: number): Promise<Cost> {
  const store = await openStore({ url: scene.broker.env['DATABASE_URL'] ?? '', now: Date.now });
  const log = openAuditLog(store, { organization_id });
  const like = { kind: 'bench.recorded', client_id: 'agent-0', connection: 'railway', operations: ['environment'] };
  const text = 'a'.repeat(300);
  for (let { seq } = await auditHead(store.db, { organization_id }); seq < size; seq += AT_ONCE) {
    const events = Array.from({ length: Math.min(AT_ONCE, size - seq) }, (_, index) => ({
      ...like,
      task_id: `tsk_${index % 100}`,
      request_id: `req_${size}_${seq + index}`,
      data: { text },
    }));
    await Promise.all(events.map((event) => log.append(event)));
  }
  while ((await store.transaction((tx) => growTree(tx, { organization_id, batch: AT_ONCE })))?.more);
  await store.close();
  return { ...(await costOf(bench, scene, await addClient(scene.owner, `log-${size}`))), size };
}

async function costOf(bench: Bench, scene: Scene, client: BenchClient | undefined): Promise<Omit<Cost, 'size'>> {
  if (client === undefined) throw new Error('There are no clients.');
  const tokens = await mintTokens(bench, { ...scene, clients: [client], each: 100 });
  const job = { ...jobOf(scene, tokens), connections: 4, in_flight: 4, warm_seconds: 0, seconds: 0 };
  const first = await drive(bench, { pid: scene.broker.pid, job: { ...job, count: tokens.length, rate: 40 } });
  demandAll(first, tokens.length);
  const seconds = bench.quick ? 1.5 : 3;
  const call = await drive(bench, {
    pid: scene.broker.pid,
    job: { ...job, connections: 16, in_flight: 16, warm_seconds: 0.5, seconds, rate: 300 },
  });
  return { first_us: first.cpu_us, first_ms: first.p50_ms, call_us: call.cpu_us };
}

async function inTurn(bench: Bench, scene: Scene): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const each of bench.quick ? [2, 20, 80] : [2, 20, 100]) {
    const tokens = await mintTokens(bench, { ...scene, each });
    const job = { ...jobOf(scene, tokens), connections: 16, in_flight: 16, warm_seconds: 0, seconds: 0 };
    const round = { ...job, count: tokens.length };
    const first = await drive(bench, { pid: scene.broker.pid, job: round });
    const again = await drive(bench, {
      pid: scene.broker.pid,
      job: { ...round, count: Math.max(1_000, tokens.length) },
    });
    demandAll(first, tokens.length);
    costs.push({ size: tokens.length, first_us: first.cpu_us, first_ms: first.p50_ms, call_us: again.cpu_us });
  }
  return costs;
}

function jobOf({ broker }: Scene, tokens: readonly string[]) {
  const path = '/gateway/railway/graphql/v2';
  return {
    port: broker.port,
    requests: tokens.map((token) => queryRequest({ host: broker.host, path, name: 'Bench', token })),
  };
}

function demandAll({ statuses }: Measured, wanted: number): void {
  if (statuses['200'] !== wanted) throw new Error(`Not every first use was answered 200: ${JSON.stringify(statuses)}`);
}

function rowOf(what: string, costs: readonly Cost[]): Row {
  const [least, most] = [costs[0], costs.at(-1)];
  if (least === undefined || most === undefined) throw new Error('Nothing was measured.');
  const growth = most.call_us / least.call_us;
  const all = (pick: (cost: Cost) => number | undefined): string =>
    costs.map((cost) => count(pick(cost) ?? Number.NaN)).join(' / ');
  return {
    work: `growth: ${what}, ${costs.map(({ size }) => count(size)).join(' / ')}`,
    value: `${all(({ call_us }) => call_us)} us a call`,
    against: 'the fewest',
    baseline: `${count(least.call_us)} us`,
    ratio: growth,
    goal: `flat (${FLAT}x)`,
    met: growth <= FLAT,
    note: `processor time; the first use of a token ${all(({ first_us }) => first_us)} us, p50 ${all(({ first_ms }) => first_ms)} ms`,
    numbers: Object.fromEntries(
      costs.flatMap(({ size, first_us, first_ms, call_us }) => [
        [`call_us_${size}`, call_us],
        [`first_us_${size}`, first_us ?? 0],
        [`first_ms_${size}`, first_ms ?? 0],
      ]),
    ),
  };
}
