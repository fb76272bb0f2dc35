/** The limits of one task, of one client and of all together, and the answers to those who ask for more. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { asAgent, GOOD_TOKEN, sendRaw, startGateway, type TestGateway, until } from '../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../test/upstream.ts';

let upstream: RecordingUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(async () => {
  upstream.seen.length = 0;
  upstream.answer = (_request, response) => response.end('{"ok":true}');
  gateway = await startGateway({ upstream: upstream.origin });
});
afterEach(() => gateway.close());

test('a task that asks too fast is told to wait', async () => {
  const slow = await startGateway({ upstream: upstream.origin, limits: { burst: 2, per_second: 1 } });
  const statuses = [];
  for (let i = 0; i < 3; i += 1) statuses.push(await fetch(`${slow.url}/x`, asAgent()));
  expect(statuses.map((response) => response.status)).toEqual([200, 200, 429]);
  expect(statuses[2]?.headers.get('retry-after')).toBe('1');
  expect(statuses[2]?.headers.get('writ-code')).toBe('rate_limited');
  await slow.close();
});

test('a client that asks too much waits for its refusal and holds neither place nor body meanwhile; any other refusal comes at once', async () => {
  const limits = { burst: 1, per_second: 0.001, concurrent: 1, client_concurrent: 1 };
  const slow = await startGateway({ upstream: upstream.origin, limits });
  const held: (() => void)[] = [];
  slow.ingress.letWait = () => new Promise((resume) => held.push(resume));
  const ask = async (path: string): Promise<number> => (await fetch(`${slow.url}${path}`, asAgent())).status;
  expect(await ask('/x')).toBe(200);
  const late = fetch(`${slow.url}/do/write`, asAgent({ method: 'POST', body: '{}' }));
  await until(() => held.length === 1);
  expect(slow.ingress.bodies.used).toBe(0);
  const { authenticate } = slow.ports;
  let tasks = 0;
  slow.ports.authenticate = async (presented, slug) => {
    tasks += 1;
    return { ...(await authenticate(presented, slug)), task_id: `tsk_other_${tasks}` };
  };
  expect([await ask('/x'), await ask('/unknown'), await ask('/broken')]).toEqual([200, 403, 503]);
  expect([held.length, slow.refused.map(({ code }) => code)]).toEqual([1, ['operation_unknown', 'unavailable']]);
  for (const resume of held) resume();
  expect([(await late).status, slow.refused.at(-1)?.code]).toEqual([429, 'rate_limited']);
  await slow.close();
});

test('of bodies of a few kilobytes one is judged in a round of the event loop, even when many arrive together', async () => {
  const rounds: number[] = [];
  let round = 0;
  let over = false;
  const goRound = (): void => {
    round += 1;
    if (!over) setImmediate(goRound);
  };
  const { provider } = gateway.connection;
  gateway.connection.provider = {
    ...provider,
    classify: (canonical, overrides) => {
      rounds.push(round);
      return provider.classify(canonical, overrides);
    },
  };
  goRound();
  const body = 'x'.repeat(3_000);
  const lines = ['POST /gateway/plain/do/write HTTP/1.1', `Host: 127.0.0.1:${gateway.port}`];
  const sent = [...lines, `Authorization: Bearer ${GOOD_TOKEN}`, `Content-Length: ${body.length}`, '', body];
  const answers = await sendRaw(gateway.port, sent.join('\r\n').repeat(8), { answers: 8 });
  over = true;
  expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(8);
  expect(new Set(rounds).size).toBe(8);
});

test('a body that is too large is refused by its length, and by its bytes', async () => {
  const body = Buffer.alloc(1024 * 1024 + 1, 'a');
  const declared = await fetch(`${gateway.url}/do/write`, asAgent({ method: 'POST', body }));
  expect(declared.status).toBe(413);
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(body);
      controller.close();
    },
  });
  const init = { method: 'POST', body: stream, duplex: 'half' } as RequestInit;
  expect((await fetch(`${gateway.url}/do/write`, asAgent(init))).status).toBe(413);
  expect(upstream.seen).toEqual([]);
});

test('more requests than Writ takes at one time are told to come back', async () => {
  const small = await startGateway({ upstream: upstream.origin, limits: { concurrent: 1 } });
  let release: () => void = () => undefined;
  upstream.answer = (_request, response) => {
    release = () => response.end('late');
  };
  const first = fetch(`${small.url}/x`, asAgent());
  await until(() => upstream.seen.length === 1);
  const second = await fetch(`${small.url}/x`, asAgent());
  expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
  release();
  expect(await (await first).text()).toBe('late');
  upstream.answer = (_request, response) => response.end('next');
  await until(() => upstream.seen.length === 1);
  expect(await (await fetch(`${small.url}/x`, asAgent())).text()).toBe('next');
  await small.close();
});
