import type { EpochVector } from '@writ/store';
import { expect, test } from 'vitest';
import { FactMemory } from './fact-memory.ts';

const facts = (client: string, task: string): { readonly epochs: EpochVector } => ({
  epochs: [
    { scope: 'client', subject: client, epoch: 0 },
    { scope: 'task', subject: task, epoch: 3 },
    // Some of what an exchanged token relies on is the same twice.
    { scope: 'client', subject: client, epoch: 0 },
  ],
});

const left = (memory: FactMemory<ReturnType<typeof facts>>, keys: readonly string[]): string[] =>
  keys.filter((key) => memory.get(key) !== undefined);

test('a change forgets everything that relies on it, and nothing else', () => {
  const memory = new FactMemory<ReturnType<typeof facts>>(10);
  memory.set('a', facts('one', 't1'));
  memory.set('b', facts('one', 't2'));
  memory.set('c', facts('two', 't3'));
  memory.forget({ kind: 'task', subject: 'one' });
  memory.forget({ kind: 'client', subject: 't3' });
  memory.forget({ kind: 'nothing', subject: 'one' });
  expect(left(memory, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  memory.forget({ kind: 'task', subject: 't2' });
  expect(left(memory, ['a', 'b', 'c'])).toEqual(['a', 'c']);
  memory.set('b', facts('one', 't2'));
  memory.forget({ kind: 'client', subject: 'one' });
  expect(left(memory, ['a', 'b', 'c'])).toEqual(['c']);
  memory.forget({ kind: 'client', subject: 'two' });
  expect(memory.size).toBe(0);
});

test('facts that were replaced are forgotten by what the new ones rely on', () => {
  const memory = new FactMemory<ReturnType<typeof facts>>(10);
  memory.set('a', facts('one', 't1'));
  memory.set('a', facts('two', 't1'));
  memory.forget({ kind: 'client', subject: 'one' });
  expect(memory.size).toBe(1);
  memory.forget({ kind: 'client', subject: 'two' });
  expect(memory.size).toBe(0);
});

test('of too many, the ones used longest ago go, and a change still finds the others', () => {
  const memory = new FactMemory<ReturnType<typeof facts>>(3);
  for (const key of ['a', 'b', 'c']) memory.set(key, facts('one', key));
  memory.get('a');
  memory.set('d', facts('one', 'd'));
  expect(left(memory, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd']);
  memory.forget({ kind: 'task', subject: 'b' });
  memory.forget({ kind: 'task', subject: 'c' });
  expect(left(memory, ['a', 'b', 'c', 'd'])).toEqual(['a', 'd']);
  memory.forget({ kind: 'client', subject: 'one' });
  expect(memory.size).toBe(0);
});

test('facts that are weighed are remembered up to a weight, however many they are', () => {
  const memory = new FactMemory<ReturnType<typeof facts> & { readonly weight: number }>(10, {
    weigh: ({ weight }) => weight,
  });
  const weighed = (task: string, weight: number) => ({ ...facts('one', task), weight });
  const known = (): string => ['a', 'b', 'c', 'd'].filter((key) => memory.get(key) !== undefined).join('');
  memory.set('a', weighed('a', 4));
  memory.set('b', weighed('b', 4));
  memory.set('b', weighed('b', 6));
  expect(known()).toBe('ab');
  memory.set('c', weighed('c', 1));
  expect(known()).toBe('bc');
  memory.set('d', weighed('d', 11));
  expect([known(), memory.size]).toEqual(['', 0]);
  memory.set('a', weighed('a', 10));
  expect(known()).toBe('a');
  memory.forget({ kind: 'task', subject: 'a' });
  memory.set('b', weighed('b', 10));
  memory.clear();
  memory.set('c', weighed('c', 5));
  memory.set('d', weighed('d', 5));
  expect(known()).toBe('cd');
});

test('what facts share counts once, for as long as one of them is remembered', () => {
  const thing = {};
  type FactsWithPart = ReturnType<typeof facts> & { readonly shared: object };
  const memory = new FactMemory<FactsWithPart>(10, { partsOf: ({ shared }) => [{ thing: shared, weight: 4 }] });
  const keys = ['a', 'b', 'c', 'd', 'e'];
  const known = (): string => keys.filter((key) => memory.get(key) !== undefined).join('');
  const sharing = (task: string, shared: object): FactsWithPart => ({ ...facts('one', task), shared });
  for (const key of ['a', 'b', 'c']) memory.set(key, sharing(key, thing));
  memory.set('c', sharing('c', thing));
  // 3 + 4: another one with a part of its own makes 12, so that the two used longest ago go, and 10 are left.
  memory.set('d', sharing('d', {}));
  expect(known()).toBe('cd');
  // With the last one that shares it the part itself goes.
  memory.delete('c');
  memory.set('e', sharing('e', {}));
  expect(known()).toBe('de');
  memory.set('a', sharing('a', thing));
  expect(known()).toBe('ae');
  memory.clear();
  for (const key of ['a', 'b', 'c', 'd', 'e']) memory.set(key, sharing(key, thing));
  expect(known()).toBe('abcde');
});

test('once cleared, it remembers anew', () => {
  const memory = new FactMemory<ReturnType<typeof facts>>(3);
  memory.set('a', facts('one', 't1'));
  memory.clear();
  memory.set('b', facts('one', 't1'));
  memory.forget({ kind: 'client', subject: 'one' });
  expect(left(memory, ['a', 'b'])).toEqual([]);
});
