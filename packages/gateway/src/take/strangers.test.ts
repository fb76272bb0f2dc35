/** Strangers, and requests that are made to harm: neither keeps other clients out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WritError } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { asAgent, GOOD_TOKEN, until } from '../../test/support.ts';
import { BAD, client, closing, GOOD, gateway, get, head, open, served, useWayIn } from '../../test/way-in.ts';

useWayIn();

describe('strangers', () => {
  test('of a network have a limited number of turns; a caller that was good before needs none', async () => {
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
    // The caller is known by its socket, and by its credential on a new socket.
    known.socket.write(get(GOOD));
    await until(() => known.answers().length === 2);
    expect([known.answers()[1], await served()]).toEqual(['200', 200]);
  });

  test('keep no client with a new token out, and a token that was refused is not checked again', async () => {
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

  test('count as strangers again on a socket that showed a bad credential', async () => {
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
  test('if a stranger without a turn sends on without waiting, the rest is not read; what was read is answered', async () => {
    await open({ stranger_burst: 2, stranger_per_second: 0.001 });
    let heard = 0;
    const { server, ingress } = gateway;
    // The admin API does it like this: it verifies nothing before the turn.
    server.removeAllListeners('request').on('request', async (request: IncomingMessage, response: ServerResponse) => {
      const arrival = ingress.arrive(request, response);
      heard += 1;
      if (arrival?.takeTurn() === 0) response.writeHead(401).end();
      else await arrival?.letWait(new WritError('rate_limited')).then(() => response.writeHead(429).end());
    });
    const one = await client(get(BAD).repeat(10));
    await closing(one);
    expect([heard, one.answers()]).toEqual([3, ['401', '401', '429']]);
    const patient = await client(get(BAD));
    await until(() => patient.answers().length === 1);
    expect([patient.answers(), patient.closed()]).toEqual([['429'], false]);
  });

  test('of thousands of clients that wait for a refusal, few are answered in one round of the event loop', async () => {
    await open();
    let answered = 0;
    const count = (): void => {
      answered += 1;
    };
    const waiting = Array.from({ length: 100 }, () => gateway.ingress.letWait().then(count));
    gateway.ingress.sweep();
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBeLessThan(50);
    await Promise.all(waiting);
    expect(answered).toBe(100);
  });

  test('bytes that are no request, behind a whole request, do not change the answer to that request', async () => {
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

  test('a head of hundreds of lines is refused at once, its socket is closed, and nothing is looked up', async () => {
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

  test('if a network has too many unread bytes, the socket with most of them is ended, and others are served', async () => {
    await open({ network_unread_bytes: 100_000 });
    const large = Buffer.alloc(6_000_000, 'x');
    gateway.ports.verify = () => Promise.reject(new WritError('invalid_token'));
    const { server } = gateway;
    server.prependListener('request', (_, response) => response.end(large));
    const few = await client(get(BAD));
    await until(() => few.answers().length === 1 && gateway.ingress.sockets.unread === 0);
    const many = await client(get(BAD).repeat(4), { reads: false });
    await until(() => gateway.ingress.sockets.unread > 100_000);
    gateway.ingress.sweep();
    await until(() => gateway.ingress.sockets.size === 1);
    expect([few.closed(), many.socket.destroyed]).toEqual([false, false]);
    expect(gateway.ingress.sockets.unread).toBe(0);
  });

  test('a credential that was good and is stopped queues with the strangers, after any status of the refusal', async () => {
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
