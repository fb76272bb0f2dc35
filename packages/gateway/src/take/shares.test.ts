import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asAgent, startGateway, type TestGateway, until } from '../../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../../test/upstream.ts';
import { Shares } from './shares.ts';

describe('shares', () => {
  test('a key that has its whole share gets no more, and other keys are not affected', () => {
    const shares = new Shares(2);
    shares.take('a', 2);
    expect(() => shares.take('a', 1)).toThrowError(expect.objectContaining({ code: 'rate_limited' }));
    shares.take('b', 2);
    shares.give('a', 1);
    shares.take('a', 1);
    expect([shares.used('a'), shares.used('b'), shares.used('c')]).toEqual([2, 2, 0]);
  });
});

describe('one client among others', () => {
  let upstream: RecordingUpstream;
  let gateway: TestGateway;
  let answers: (() => void)[] = [];
  let authenticated = 0;

  beforeAll(async () => {
    upstream = await startUpstream();
    upstream.answer = (_request, response) => {
      answers.push(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    };
    gateway = await startGateway({
      upstream: upstream.origin,
      limits: { client_concurrent: 2, client_body_memory_bytes: 1000 },
      ingress: { request_overhead_bytes: 64 },
    });
    const authenticate = gateway.ports.authenticate;
    gateway.ports.authenticate = async (presented, slug) => {
      const caller = await authenticate(presented, slug);
      authenticated += 1;
      return { ...caller, client_id: JSON.stringify(presented).includes('other') ? 'other' : 'greedy' };
    };
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });
  const release = () => {
    for (const answer of answers) answer();
    answers = [];
  };
  const get = (path: string) => fetch(`${gateway.url}/do/read?${path}`, asAgent());

  test('is refused when it has too much under way, in all its tasks together, while others are served', async () => {
    const under = [get('a=1'), get('a=2')];
    await until(() => answers.length === 2);
    const third = await get('a=3');
    expect([third.status, third.headers.get('writ-code')]).toEqual([429, 'rate_limited']);
    const other = get('other=1');
    await until(() => answers.length === 3);
    release();
    expect((await Promise.all([...under, other])).map(({ status }) => status)).toEqual([200, 200, 200]);
    const again = get('a=4');
    await until(() => answers.length === 1);
    release();
    expect((await again).status).toBe(200);
  });

  test('cannot hold the memory for bodies either, and gives it back when it goes away', async () => {
    const send = (path: string) => {
      const { headers } = asAgent();
      const url = new URL(`${gateway.url}/do/write?${path}`);
      const sending = request(url, {
        method: 'POST',
        headers: {
          ...(headers as Record<string, string>),
          'content-type': 'application/json',
          'content-length': '900',
        },
      });
      sending.on('error', () => undefined);
      sending.write('"'.padEnd(800, 'a'));
      return sending;
    };
    const before = authenticated;
    const first = send('a=1');
    await until(() => authenticated > before);
    const [refused] = await once(send('a=2'), 'response');
    expect(refused.statusCode).toBe(429);
    refused.resume();
    const other = send('other=1');
    other.end('"'.padStart(100, 'a'));
    await until(() => answers.length === 1);
    release();
    expect((await once(other, 'response'))[0].statusCode).toBe(200);
    first.destroy();
    // The gateway notices that a moment later, and refuses until then.
    const again = async (): Promise<number> => {
      const sending = send('a=3');
      let status = 0;
      sending.on('response', (answer) => {
        status = answer.resume().statusCode ?? 0;
      });
      sending.end('"'.padStart(100, 'a'));
      await until(() => answers.length === 1 || status > 0);
      release();
      await until(() => status > 0);
      return status;
    };
    let status = await again();
    while (status === 429) status = await again();
    expect(status).toBe(200);
  });

  test('is refused for a while when judging its requests has cost too much, in all its tasks together, while others are served', async () => {
    const { now, connection } = gateway.ports;
    let passed = 0;
    // The time is a whole number, so that sums are exact, and so late that the budget is full again.
    const start = Math.ceil(now()) + 10_000;
    gateway.ports.now = () => start + passed;
    gateway.ports.connection = async (slug) => {
      const found = await connection(slug);
      if (found === undefined) return undefined;
      const classify: typeof found.provider.classify = (canonical, overrides) => {
        passed += 5_000;
        return found.provider.classify(canonical, overrides);
      };
      return { ...found, provider: { ...found.provider, classify } };
    };
    const first = get('a=5');
    await until(() => answers.length === 1);
    const second = await get('a=6');
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '18']);
    const other = get('other=2');
    await until(() => answers.length === 2);
    release();
    expect((await Promise.all([first, other])).map(({ status }) => status)).toEqual([200, 200]);
    gateway.ports.now = now;
    gateway.ports.connection = connection;
  });
});
