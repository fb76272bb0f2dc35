/**
 * Revocation across two brokers on one Postgres: the time from the API's 200 on one to the last request that the other accepted.
 *
 * How: each round mints eight tokens for one client and sends requests with them to the second broker, without a pause, as fast as
 * the limit of 60 requests a second per task lets them; in the middle the owner revokes the client's tokens on the first broker. A
 * request counts by when it was sent, if it was sent after the 200 came and was answered 200; none is 0 ms. Each token comes from a
 * loopback address of its own (Linux): once revoked it is a stranger's, and of strangers one address may ask only so often.
 *
 * What it does not show: brokers on several machines, and what lies between two requests (about 2 ms).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Bench } from '../bench.ts';
import { mintTokens, type Scene, startBench } from '../broker.ts';
import { count, quantile, type Row } from '../report.ts';
import { sharedScene } from './mint.ts';

interface Sent {
  readonly at: number;
  readonly status: number;
  /** Writ's code, of a refusal. */
  readonly code: string;
}

const TOKENS = 8;

/** Measures as many rounds as there is time for. */
export async function revocationRow(bench: Bench): Promise<readonly Row[]> {
  const scene = await sharedScene(bench);
  const second = await startBench(bench, { beside: scene.broker });
  const pools = Array.from({ length: TOKENS }, (_, index) => {
    const localAddress = `127.2.0.${index + 1}`;
    return new Pool(`http://127.0.0.1:${second.port}`, { connections: 1, connect: { localAddress } });
  });
  const lags: number[] = [];
  let [accepted, unfinished] = [0, 0];
  for (let round = 0; round < (bench.quick ? 10 : 40); round += 1) {
    const sent = await revokeOnce(bench, { scene, pools, host: scene.broker.host, round });
    accepted += sent.before;
    if (sent.stillAccepted) unfinished += 1;
    lags.push(sent.lag);
  }
  await Promise.all(pools.map((pool) => pool.close()));
  await second.stop();
  const [p50, p99] = [quantile(lags, 0.5), quantile(lags, 0.99)];
  return [
    {
      work: 'revocation, two brokers',
      value: `p99 ${count(p99)} ms`,
      against: '',
      baseline: '',
      goal: 'p99 < 250 ms',
      met: p99 < 250 && unfinished === 0,
      note: `${lags.length} revocations, ${accepted} requests accepted before them; p50 ${count(p50)} ms, longest ${count(Math.max(...lags))} ms; ${lags.filter((lag) => lag > 0).length} had a request accepted after the 200`,
      numbers: { p50_ms: p50, p99_ms: p99, rounds: lags.length, accepted },
    },
  ];
}

interface Round {
  readonly scene: Scene;
  readonly pools: readonly Pool[];
  readonly host: string;
  readonly round: number;
}

async function revokeOnce(bench: Bench, { scene, pools, host, round }: Round) {
  const client = scene.clients[round % scene.clients.length];
  if (client === undefined) throw new Error('There are no clients.');
  const tokens = await mintTokens(bench, { ...scene, clients: [client], each: TOKENS });
  const sent: Sent[] = [];
  const stop = new AbortController();
  const callers = pools.map((pool, index) => call(pool, { token: tokens[index] ?? '', host, sent, stop: stop.signal }));
  await begun(sent);
  await scene.owner.client.call('tokens.revoke', { client_id: client.client_id });
  const acknowledged = performance.now();
  await sleep(bench.quick ? 80 : 120);
  const end = performance.now();
  stop.abort();
  await Promise.all(callers);
  const after = sent.filter(({ at, status }) => status === 200 && at > acknowledged).map(({ at }) => at - acknowledged);
  const lag = Math.max(0, ...after);
  const before = sent.filter(({ at, status }) => status === 200 && at <= acknowledged).length;
  return { lag, before, stillAccepted: lag > end - acknowledged - 20 };
}

/** Waits until the second broker knows the tokens: requests with them have been accepted for a while. */
async function begun(sent: readonly Sent[]): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (sent.filter(({ status }) => status === 200).length < 5 * TOKENS) {
    if (performance.now() > deadline)
      throw new Error(`The second broker did not go on to accept a token that is good; ${told(sent.at(-1))}.`);
    await sleep(5);
  }
}

function told(last: Sent | undefined): string {
  return last === undefined ? 'it answered nothing' : `its last answer was ${last.status} ${last.code}`;
}

/** Sends one request after the other, at most 55 a second, until told to stop. */
async function call(
  pool: Pool,
  { token, host, sent, stop }: { token: string; host: string; sent: Sent[]; stop: AbortSignal },
): Promise<void> {
  const body = JSON.stringify({
    query: 'query Bench($id: String!) { environment(id: $id) { id name } }',
    variables: { id: 'e_staging' },
  });
  const headers = { host, authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  while (!stop.aborted) {
    const at = performance.now();
    const answer = await pool.request({ path: '/gateway/railway/graphql/v2', method: 'POST', headers, body });
    await answer.body.dump();
    sent.push({ at, status: answer.statusCode, code: String(answer.headers['writ-code'] ?? '') });
    await sleep(Math.max(0, at + 18 - performance.now()));
  }
}
