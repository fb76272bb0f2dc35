/** The ingress: clients that send slowly, or do not read, take nothing from others. */
import { describe, expect, test } from 'vitest';
import { asAgent, GOOD_TOKEN, until } from '../../test/support.ts';
import {
  BAD,
  CHUNKED,
  type Client,
  client,
  closing,
  GOOD,
  gateway,
  get,
  head,
  open,
  putAhead,
  served,
  upstream,
  useWayIn,
} from '../../test/way-in.ts';

useWayIn();

describe('bodies', () => {
  const post = (lines: readonly string[]): string => head('POST /gateway/plain/do/write', [GOOD, ...lines]);

  test('in small pieces are held in one buffer, and charged by its size until they are given up', async () => {
    await open({ request_overhead_bytes: 1_000 });
    const { bodies } = gateway.ingress;
    gateway.ports.authenticate = () => new Promise(() => undefined);
    const one = await client(post(CHUNKED) + '1\r\nx\r\n'.repeat(2_000));
    await until(() => bodies.used > 1_000);
    expect(bodies.used).toBe(1_000 + 4 * 1024);
    one.socket.destroy();
    await until(() => bodies.used === 0);
    expect(bodies.used).toBe(0);
  });

  test('of a network that has used its memory are refused when they begin, and others are served', async () => {
    await open({ network_body_memory_bytes: 1_000, request_overhead_bytes: 2_000 });
    const one = await client(`${post(['Content-Type: application/json', 'Content-Length: 2'])}{}`);
    await until(() => one.answers().length === 1);
    expect(['429', '503']).toContain(one.answers()[0]);
    expect(gateway.ingress.bodies.used).toBe(0);
    expect(await served()).toBe(200);
  });

  test('in thousands of pieces of a byte are refused, the rest of them is not read, and others are served', async () => {
    await open();
    for (let n = 0; n < 3; n += 1) {
      const one = await client(post(CHUNKED) + '1\r\nx\r\n'.repeat(60_000));
      await closing(one);
      expect([one.answers(), one.closed()]).toEqual([['400'], true]);
    }
    // Node uses the same parsers again for these requests.
    const headers = { 'content-type': 'application/json' };
    for (let n = 0; n < 6; n += 1) {
      const again = { method: 'POST', body: '{}', headers: { ...headers, connection: 'close' } };
      expect((await fetch(`${gateway.url}/do/write`, asAgent(again))).status).toBe(200);
    }
    expect(upstream.seen.map(({ body }) => body)).toEqual(Array.from({ length: 6 }, () => '{}'));
    expect(gateway.ingress.bodies.used).toBe(0);
  });

  test('that arrive too slowly are given up after a while, even if a byte comes often', async () => {
    await open();
    const { authenticate } = gateway.ports;
    let arrived = 0;
    gateway.ports.authenticate = (...presented) => {
      arrived += 1;
      return authenticate(...presented);
    };
    const one = await client(post(['Content-Type: application/json', 'Content-Length: 100000']));
    await until(() => arrived === 1);
    one.socket.write('x'.repeat(100));
    putAhead(4_000);
    gateway.ingress.sweep();
    expect(one.answers()).toEqual([]);
    putAhead(6_000);
    await until(() => {
      gateway.ingress.sweep();
      return one.closed();
    });
    expect(one.answers()).toEqual(['400']);
    expect(await served()).toBe(200);
  });

  test('of strangers are given up, the oldest first, if there is no memory for a new one', async () => {
    await open({ network_bodies: 2, request_overhead_bytes: 1_000 });
    const { bodies } = gateway.ingress;
    const authenticate = gateway.ports.authenticate;
    let letIn: (() => void)[] = [];
    gateway.ports.authenticate = async (presented, slug) => {
      await new Promise<void>((resolve) => letIn.push(resolve));
      return await authenticate(presented, slug);
    };
    const unfinished = post(['Content-Type: application/json', 'Content-Length: 10']);
    const clients: Client[] = [];
    for (let n = 0; n < 3; n += 1) {
      clients.push(await client(unfinished));
      await until(() => letIn.length === n + 1);
    }
    expect(bodies.used).toBe(2_000);
    for (const one of letIn) one();
    letIn = [];
    await until(() => clients[0]?.closed() === true);
    expect(clients.map((one) => [one.answers(), one.closed()])).toEqual([
      [['503'], true],
      [[], false],
      [[], false],
    ]);
  });

  test('that were given up stay given up, even if the rest arrives before the body is asked for', async () => {
    await open({ body_bytes: 10 });
    const { authenticate } = gateway.ports;
    let ended = false;
    gateway.server.on('request', (request) => {
      request.once('end', () => {
        ended = true;
      });
    });
    gateway.ports.authenticate = async (...presented) => {
      await until(() => ended);
      return await authenticate(...presented);
    };
    const one = await client(
      `${post(['Content-Type: application/json', 'Content-Length: 20'])}${'"'.padEnd(19, 'x')}"`,
    );
    await until(() => one.answers().length === 1);
    expect([one.answers(), upstream.seen]).toEqual([['413'], []]);
    expect(await served()).toBe(200);
  });

  test('of authenticated clients are not given up for strangers', async () => {
    await open({ network_bodies: 1 });
    const known = await client(post(['Content-Type: application/json', 'Content-Length: 2']));
    await until(() => gateway.ingress.bodies.used === 0 && gateway.ingress.sockets.size === 1);
    await client(head('POST /gateway/plain/do/write', [BAD, 'Content-Length: 2']));
    known.socket.write('{}');
    await until(() => known.answers().length === 1);
    expect(known.answers()).toEqual(['200']);
  });
});

describe('sockets', () => {
  test('with too many requests at once are ended, and nothing more of what they sent is read', async () => {
    await open({ pipelined: 4 });
    let looked = 0;
    gateway.ports.verify = () => {
      looked += 1;
      return new Promise(() => undefined);
    };
    const one = await client(get(BAD).repeat(500));
    await closing(one);
    expect([one.closed(), looked]).toEqual([true, 4]);
  });

  test('whose refusals are not read hold no places', async () => {
    await open();
    const unread: Client[] = [];
    for (let n = 0; n < 10; n += 1) {
      const one = await client('', { reads: false });
      unread.push(one);
      const more = (): void => {
        while (!one.socket.destroyed && one.socket.write(get(BAD).repeat(4)));
      };
      one.socket.on('drain', more);
      more();
    }
    await until(() => gateway.refused.length > 100);
    // There are three places.
    expect(await Promise.all([served(), served(), served()])).toEqual([200, 200, 200]);
    for (const one of unread) one.socket.removeAllListeners('drain');
  });

  test('whose answers stay unread are ended, and their places are given back', async () => {
    await open();
    const { answer } = upstream;
    upstream.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.alloc(32 * 1024 * 1024, 'x'));
    };
    for (let n = 0; n < 3; n += 1) await client(get(GOOD), { reads: false });
    await until(() => upstream.seen.length === 3);
    upstream.answer = answer;
    expect(await served()).toBe(503);
    let ahead = 0;
    await until(() => {
      gateway.ingress.sweep();
      ahead += 20_000;
      putAhead(ahead);
      return gateway.outcomes.filter(({ cut_reason }) => cut_reason === 'client_gone').length === 3;
    });
    expect(await served()).toBe(200);
  });

  test('of strangers are ended for new ones, those without a request first; those of authenticated clients stay', async () => {
    await open({ network_sockets: 3 });
    const known = await client(get(GOOD));
    await until(() => known.answers().length === 1);
    const { verify } = gateway.ports;
    gateway.ports.verify = (presented, slug) =>
      presented.token === GOOD_TOKEN ? verify(presented, slug) : new Promise(() => undefined);
    const asking = await client(get(BAD));
    const idle = await client();
    const third = await client();
    await until(() => gateway.ingress.sockets.size === 4);
    const fourth = await client(get(BAD));
    await closing(idle);
    expect([known, asking, idle, third, fourth].map((one) => one.closed())).toEqual([false, false, true, false, false]);
    known.socket.write(get(GOOD));
    await until(() => known.answers().length === 2);
    expect(known.answers()).toEqual(['200', '200']);
  });

  test('of one client are limited too', async () => {
    await open({ owner_sockets: 2 });
    const clients: Client[] = [];
    for (let n = 0; n < 3; n += 1) {
      const one = await client(get(GOOD));
      await until(() => one.answers().length === 1);
      clients.push(one);
    }
    await until(() => clients[0]?.closed() === true);
    expect(clients.map((one) => one.closed())).toEqual([true, false, false]);
  });

  test('are closed only between requests when the server stops: each answer says so, and requests under way are served', async () => {
    await open();
    const one = await client(get(GOOD));
    await until(() => one.answers().length === 1);
    gateway.ingress.announceEnd();
    one.socket.write(get(GOOD));
    await closing(one);
    expect([one.answers(), one.closed()]).toEqual([['200', '200'], true]);
  });
});
