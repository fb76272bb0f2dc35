/** The way in: what strangers, crawlers and those who never read can take from everybody else. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WritError } from '@writ/core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { asAgent, GOOD_TOKEN, startGateway, type TestGateway, until } from '../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../test/upstream.ts';
import type { IngressLimits } from './limits.ts';

let upstream: RecordingUpstream;
let gateway: TestGateway;
/** Milliseconds that the gateway's clock is ahead. */
let ahead = 0;
const opened: Socket[] = [];

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  upstream.seen.length = 0;
  await gateway.close();
});

async function open(ingress: Partial<IngressLimits> = {}): Promise<void> {
  gateway = await startGateway({ upstream: upstream.origin, limits: { concurrent: 3, burst: 1e9 }, ingress });
  const { now } = gateway.ports;
  ahead = 0;
  gateway.ports.now = () => now() + ahead;
}

interface Client {
  readonly socket: Socket;
  /** The statuses it was answered. */
  answers(): readonly string[];
  closed(): boolean;
}

/** A client that has connected and written. */
async function client(bytes = '', { reads = true } = {}): Promise<Client> {
  const socket = connect(gateway.port, '127.0.0.1');
  opened.push(socket);
  const seen = { text: '', closed: false };
  const onData = (chunk: Buffer): void => {
    seen.text += chunk.toString('latin1');
  };
  if (reads) socket.on('data', onData);
  else socket.pause();
  socket
    .on('error', () => undefined)
    .on('close', () => {
      seen.closed = true;
    });
  await once(socket, 'connect');
  socket.write(bytes);
  return { socket, answers: () => seen.text.match(/(?<=HTTP\/1\.1 )\d+/g) ?? [], closed: () => seen.closed };
}

function head(line: string, lines: readonly string[] = []): string {
  return [`${line} HTTP/1.1`, `Host: 127.0.0.1:${gateway.port}`, ...lines, '', ''].join('\r\n');
}

const GOOD = `Authorization: Bearer ${GOOD_TOKEN}`;
const BAD = 'Authorization: Bearer nothing';
const CHUNKED = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
const get = (token: string): string => head('GET /gateway/plain/do/read', [token]);
const served = async (): Promise<number> => (await fetch(`${gateway.url}/do/read`, asAgent())).status;
const closing = (one: Client): Promise<void> => until(one.closed);

describe('bodies', () => {
  const post = (lines: readonly string[]): string => head('POST /gateway/plain/do/write', [GOOD, ...lines]);

  test('in small pieces are held in one buffer, and charged with what they hold until they are given up', async () => {
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

  test('whose network may hold no more are refused as they begin, and the others are served', async () => {
    await open({ network_body_memory_bytes: 1_000, request_overhead_bytes: 2_000 });
    const one = await client(`${post(['Content-Type: application/json', 'Content-Length: 2'])}{}`);
    await until(() => one.answers().length === 1);
    expect(['429', '503']).toContain(one.answers()[0]);
    expect(gateway.ingress.bodies.used).toBe(0);
    expect(await served()).toBe(200);
  });

  test('in thousands of pieces of a byte are refused, nothing more of them is looked at, and others are served', async () => {
    await open();
    for (let n = 0; n < 3; n += 1) {
      const one = await client(post(CHUNKED) + '1\r\nx\r\n'.repeat(60_000));
      await closing(one);
      expect([one.answers(), one.closed()]).toEqual([['400'], true]);
    }
    // The parsers are used again for these.
    const headers = { 'content-type': 'application/json' };
    for (let n = 0; n < 6; n += 1) {
      const again = { method: 'POST', body: '{}', headers: { ...headers, connection: 'close' } };
      expect((await fetch(`${gateway.url}/do/write`, asAgent(again))).status).toBe(200);
    }
    expect(upstream.seen.map(({ body }) => body)).toEqual(Array.from({ length: 6 }, () => '{}'));
    expect(gateway.ingress.bodies.used).toBe(0);
  });

  test('that crawl are given up after a grace, however often a byte comes', async () => {
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
    ahead = 4_000;
    gateway.ingress.sweep();
    expect(one.answers()).toEqual([]);
    ahead = 6_000;
    await until(() => {
      gateway.ingress.sweep();
      return one.closed();
    });
    expect(one.answers()).toEqual(['400']);
    expect(await served()).toBe(200);
  });

  test('of strangers are given up, the oldest first, for one that finds no room', async () => {
    await open({ network_bodies: 2, request_overhead_bytes: 1_000 });
    const { bodies } = gateway.ingress;
    const authenticate = gateway.ports.authenticate;
    let admit: (() => void)[] = [];
    gateway.ports.authenticate = async (presented, slug) => {
      await new Promise<void>((resolve) => admit.push(resolve));
      return await authenticate(presented, slug);
    };
    const unfinished = post(['Content-Type: application/json', 'Content-Length: 10']);
    const clients: Client[] = [];
    for (let n = 0; n < 3; n += 1) {
      clients.push(await client(unfinished));
      await until(() => admit.length === n + 1);
    }
    expect(bodies.used).toBe(2_000);
    for (const one of admit) one();
    admit = [];
    await until(() => clients[0]?.closed() === true);
    expect(clients.map((one) => [one.answers(), one.closed()])).toEqual([
      [['503'], true],
      [[], false],
      [[], false],
    ]);
  });

  test('of those who have authenticated make no room for strangers', async () => {
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
  test('that ask too much at once are ended, and nothing more of what they sent is looked at', async () => {
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

  test('whose refusals nobody reads hold no places', async () => {
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

  test('whose answers stay unread are ended, and their places given back', async () => {
    await open();
    const { answer } = upstream;
    upstream.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.alloc(32 * 1024 * 1024, 'x'));
    };
    for (let n = 0; n < 3; n += 1) await client(get(GOOD), { reads: false });
    await until(() => upstream.seen.length === 3);
    upstream.answer = answer;
    expect(await served()).toBe(503);
    await until(() => {
      gateway.ingress.sweep();
      ahead += 20_000;
      return gateway.outcomes.filter(({ cut_reason }) => cut_reason === 'client_gone').length === 3;
    });
    expect(await served()).toBe(200);
  });

  test('of strangers make room for new ones, those without a request first; those of the authenticated stay', async () => {
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

  test('of one client are bounded too', async () => {
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

  test('are closed between requests only: at the end each answer says so, and what is on its way is served', async () => {
    await open();
    const one = await client(get(GOOD));
    await until(() => one.answers().length === 1);
    gateway.ingress.announceEnd();
    one.socket.write(get(GOOD));
    await closing(one);
    expect([one.answers(), one.closed()]).toEqual([['200', '200'], true]);
  });
});

describe('strangers', () => {
  test('of a network have so many turns; whoever was good before needs none', async () => {
    await open({ stranger_burst: 5, stranger_per_second: 0.001 });
    const known = await client(get(GOOD));
    await until(() => known.answers().length === 1);
    let looked = 0;
    const { connection } = gateway.ports;
    gateway.ports.connection = (slug) => {
      looked += 1;
      return connection(slug);
    };
    const codes: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const one = await client(get(BAD));
      await until(() => one.answers().length === 1);
      codes.push(Number(one.answers()[0]));
      one.socket.destroy();
    }
    expect(codes).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect(looked).toBe(0);
    // By its socket, and by its credential on a new one.
    known.socket.write(get(GOOD));
    await until(() => known.answers().length === 2);
    expect([known.answers()[1], await served()]).toEqual(['200', 200]);
  });

  test('keep nobody out who comes with a new token, and one that was refused is not looked at again', async () => {
    await open({ stranger_burst: 1, stranger_per_second: 0.001 });
    const stranger = await client(get(BAD));
    await until(() => stranger.answers().length === 1);
    const asked: string[] = [];
    const { verify } = gateway.ports;
    gateway.ports.verify = (presented, slug) => {
      asked.push(presented.token);
      return verify(presented, slug);
    };
    expect(await served()).toBe(200);
    expect(new Set(asked)).toEqual(new Set([GOOD_TOKEN]));
    stranger.socket.write(get(BAD));
    await until(() => stranger.answers().length === 2);
    expect([stranger.answers()[1], asked.includes('nothing')]).toEqual(['429', false]);
  });

  test('are told apart again once a socket shows what is not good', async () => {
    await open({ stranger_burst: 3, stranger_per_second: 0.001 });
    const one = await client(get(GOOD));
    await until(() => one.answers().length === 1);
    for (let n = 2; n <= 6; n += 1) {
      one.socket.write(get(BAD));
      await until(() => one.answers().length === n);
    }
    expect(one.answers()).toEqual(['200', '401', '401', '401', '429', '429']);
  });
});

describe('what is sent to harm', () => {
  test('bytes that are no request, behind a whole one, are not what that one is answered with', async () => {
    await open();
    let go: (() => void) | undefined;
    const { authenticate } = gateway.ports;
    gateway.ports.authenticate = async (...presented) => {
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      return authenticate(...presented);
    };
    const one = await client(`${get(GOOD)}\x00nonsense\r\n\r\n`);
    await until(() => go !== undefined);
    expect([one.answers(), one.closed()]).toEqual([[], false]);
    go?.();
    await closing(one);
    expect(one.answers()).toEqual(['200']);
    const alone = await client('\x00nonsense\r\n\r\n');
    await closing(alone);
    expect(alone.answers()).toEqual(['400']);
  });

  test('a head of hundreds of lines is refused at once, the socket with it, and nothing is looked up', async () => {
    await open();
    let asked = 0;
    gateway.ports.verify = async () => {
      asked += 1;
    };
    const lines = Array.from({ length: 300 }, () => 'a: b');
    const one = await client(head('GET /gateway/plain/do/read', [GOOD, ...lines]).repeat(16));
    await closing(one);
    expect([one.answers(), asked, gateway.ingress.sockets.size]).toEqual([['431'], 0, 0]);
  });

  test('who has most waiting to be read is ended where a network has too much of it, and others are served', async () => {
    await open({ network_unread_bytes: 100_000 });
    const large = Buffer.alloc(6_000_000, 'x');
    gateway.ports.verify = () => Promise.reject(new WritError('invalid_token'));
    const { server } = gateway;
    server.prependListener('request', (_, response) => response.end(large));
    const few = await client(get(BAD));
    await until(() => few.answers().length === 1);
    const many = await client(get(BAD).repeat(4), { reads: false });
    await until(() => gateway.ingress.sockets.unread > 100_000);
    gateway.ingress.sweep();
    await until(() => gateway.ingress.sockets.size === 1);
    expect([few.closed(), many.socket.destroyed]).toEqual([false, false]);
    expect(gateway.ingress.sockets.unread).toBe(0);
  });

  test('a credential that was good and is stopped queues with the strangers, whatever status it is told so with', async () => {
    await open({ stranger_burst: 2, stranger_per_second: 0.001 });
    expect(await served()).toBe(200);
    gateway.ports.authenticate = () => Promise.reject(new WritError('frozen'));
    const once = async (): Promise<number> =>
      (await fetch(`${gateway.url}/do/read`, asAgent({ headers: { connection: 'close' } }))).status;
    const statuses: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      const asking = once();
      const sweeping = setInterval(() => gateway.ingress.sweep(), 10);
      statuses.push(await asking);
      clearInterval(sweeping);
    }
    expect(statuses.slice(-2)).toEqual([429, 429]);
  });
});
