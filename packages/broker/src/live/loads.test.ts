import { WritError } from '@writ/core';
import type { EpochVector } from '@writ/store';
import { expect, test } from 'vitest';
import { type Loaded, Loads, loading } from './loads.ts';

const epochs: EpochVector = [{ scope: 'client', subject: 'a', epoch: 0 }];
const CHANGE = { kind: 'client', subject: 'a' };

/** A memory, and loads that end when they are told to. */
function open(confirmed: () => Promise<void> | undefined = () => undefined) {
  const clock = { at: 0 };
  const begun: { readonly end: (loaded: Loaded<string>) => void; readonly fail: (error: Error) => void }[] = [];
  const load = (): Promise<Loaded<string>> => new Promise((end, fail) => begun.push({ end, fail }));
  return { clock, begun, load, loads: new Loads<string>({ most: 10, now: () => clock.at, confirmed }) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('however many want a thing at once, it is loaded once, and then remembered', async () => {
  const { begun, load, loads } = open();
  const wanted = Array.from({ length: 100 }, () => loads.get('k', load));
  await settle();
  expect(begun).toHaveLength(1);
  begun[0]?.end({ epochs, value: 'found' });
  expect(new Set(await Promise.all(wanted))).toEqual(new Set(['found']));
  expect(await loads.get('k', load)).toBe('found');
  expect(begun).toHaveLength(1);
});

test('a request after something changed does not take what was begun before it, and that is not remembered', async () => {
  const { begun, load, loads } = open();
  const early = loads.get('k', load);
  await settle();
  loads.forget(CHANGE);
  const late = [loads.get('k', load), loads.get('k', load)];
  await settle();
  expect(begun).toHaveLength(1);
  begun[0]?.end({ epochs, value: 'old' });
  expect(await early).toBe('old');
  await settle();
  expect(begun).toHaveLength(2);
  begun[1]?.end({ epochs, value: 'new' });
  expect(await Promise.all(late)).toEqual(['new', 'new']);
  expect(await loads.get('k', load)).toBe('new');
});

test('what is wanted as it is now is read after it was asked for, and shared by all who ask meanwhile', async () => {
  const { begun, load, loads } = open();
  const first = loads.reload('k', load);
  const others = Array.from({ length: 50 }, () => loads.reload('k', load));
  await settle();
  expect(begun).toHaveLength(1);
  begun[0]?.fail(new Error('lost'));
  await expect(first).rejects.toThrow('lost');
  await settle();
  expect(begun).toHaveLength(2);
  begun[1]?.end({ epochs, value: 'now' });
  expect(new Set(await Promise.all(others))).toEqual(new Set(['now']));
});

test('that there is nothing good is remembered for a moment, until a change of what it relies on', async () => {
  const { clock, loads } = open();
  let reads = 0;
  const refused = () =>
    loading({ epochs, now: () => clock.at }, async (): Promise<string> => {
      reads += 1;
      throw new WritError('task_ended');
    });
  const ask = () => expect(loads.get('k', refused)).rejects.toMatchObject({ code: 'task_ended' });
  for (let n = 0; n < 20; n += 1) await ask();
  expect(reads).toBe(1);
  loads.forget(CHANGE);
  await ask();
  expect(reads).toBe(2);
  clock.at += 5_000;
  await ask();
  expect(reads).toBe(3);
});

test('a fault is remembered by nobody', async () => {
  const { loads } = open();
  let reads = 0;
  const failing = () =>
    loading({ epochs, now: () => 0 }, async (): Promise<string> => {
      reads += 1;
      throw new WritError('unavailable');
    });
  for (let n = 0; n < 3; n += 1) await expect(loads.get('k', failing)).rejects.toMatchObject({ code: 'unavailable' });
  expect(reads).toBe(3);
});

test('while it is not certain what has changed, all wait for that, and what is remembered is then used', async () => {
  let late = false;
  let certain: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => {
    certain = resolve;
  });
  const { begun, load, loads } = open(() => (late ? waiting : undefined));
  const first = loads.get('k', load);
  await settle();
  begun[0]?.end({ epochs, value: 'kept' });
  await first;
  late = true;
  const wanted = Array.from({ length: 100 }, () => loads.get('k', load));
  await settle();
  expect(begun).toHaveLength(1);
  certain();
  expect(new Set(await Promise.all(wanted))).toEqual(new Set(['kept']));
  expect(begun).toHaveLength(1);
});
