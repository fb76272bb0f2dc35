/** Turns: one piece of work every few rounds of the event loop, client by client, charged for the time it took. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { WritError } from '@writ/core';
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

interface Scene {
  readonly turns: Turns;
  readonly charged: [string, number][];
  /** Work that takes milliseconds. */
  readonly take: (ms: number) => void;
  readonly refused: Set<string>;
}

function scene(): Scene {
  let time = 0;
  const charged: [string, number][] = [];
  const refused = new Set<string>();
  const turns = new Turns({
    check: (client) => {
      if (refused.has(client)) throw new WritError('rate_limited');
    },
    charge: (client, ms) => void charged.push([client, ms]),
    now: () => time,
  });
  return {
    turns,
    charged,
    refused,
    take: (ms) => {
      time += ms;
    },
  };
}

test('between two pieces of work the event loop goes round, and clients take turns', async () => {
  const { turns } = scene();
  const happened: string[] = [];
  let over = false;
  const round = (): void => {
    happened.push('-');
    if (!over) setImmediate(round);
  };
  const pieces = ['a', 'a', 'a', 'b'].map((client) => turns.run(client, () => void happened.push(client)));
  setImmediate(round);
  await Promise.all(pieces);
  over = true;
  expect(happened.filter((each) => each !== '-')).toEqual(['a', 'b', 'a', 'a']);
  expect(happened.join('')).not.toMatch(/\w\w/);
});

test('a new connection waits for few turns, even if many connections came before it', async () => {
  const { turns } = scene();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets = Array.from({ length: 30 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  const seen: number[] = [];
  await Promise.all(Array.from({ length: 5 }, () => turns.run('a', () => void seen.push(accepted))));
  for (const socket of sockets) socket.destroy();
  server.close();
  expect(seen.at(-1)).toBe(30);
});

test('a turn is charged for everything until the work waits, promises included', async () => {
  const { turns, charged, take } = scene();
  await turns.run('a', async () => {
    take(2);
    await Promise.resolve();
    take(3);
    expect(turns.isOf('a')).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(turns.isOf('a')).toBe(false);
    take(100);
  });
  expect(charged).toEqual([['a', 5]]);
});

test('a client that may not continue when its turn has come is refused, with all that waits; others continue, and what fails gives its turn back', async () => {
  const { turns, refused } = scene();
  refused.add('a');
  const all = await Promise.allSettled([
    turns.run('a', () => 1),
    turns.run('a', () => 2),
    turns.run('b', () => {
      throw new Error('fault');
    }),
    turns.run('b', () => 4),
  ]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
  refused.clear();
  expect(await turns.run('a', () => 5)).toBe(5);
});

test('few pieces of one client wait for answers at a time, so that few continue together when an answer comes', async () => {
  const { turns } = scene();
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let begun = 0;
  const pieces = Array.from({ length: 10 }, () =>
    turns.run('a', async () => {
      begun += 1;
      await answered;
    }),
  );
  await turns.run('b', () => undefined);
  for (let round = 0; round < 200; round += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toBe(4);
  answer();
  await Promise.all(pieces);
  expect(begun).toBe(10);
});
