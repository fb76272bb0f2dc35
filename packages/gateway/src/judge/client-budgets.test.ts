import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../limits.ts';
import { ClientBudgets, noteQuestion } from './client-budgets.ts';

const LIMITS = {
  ...DEFAULT_LIMITS,
  client_questions: 10,
  client_questions_per_second: 0.5,
  client_questions_of_call: 6,
  client_judging_ms: 100,
  client_judging_burst_ms: 1_000,
  client_concurrent: 2,
  client_reads: 3,
  client_reading_ms: 100,
  client_reading_burst_ms: 1_000,
};

function open() {
  const clock = { at: 0 };
  return { clock, budgets: new ClientBudgets(LIMITS, () => clock.at) };
}

const asker = (client_id: string, more: object = {}) => ({ client_id, connection_id: 'c', reads: false, ...more });

const questions = (count: number) => async (): Promise<string> => {
  for (let n = 0; n < count; n += 1) {
    await Promise.resolve();
    noteQuestion();
  }
  return 'found';
};

const limited = (retry_after: number) =>
  expect.objectContaining({ code: 'rate_limited', extras: { detail: expect.any(String), retry_after } });

test('a client whose unsent calls caused too many questions waits as long as it is told, and is served after that', async () => {
  const { budgets, clock } = open();
  expect((await budgets.ask(asker('a'), questions(6))).value).toBe('found');
  await budgets.ask(asker('a'), questions(6));
  await expect(budgets.ask(asker('a'), questions(1))).rejects.toEqual(limited(4));
  clock.at += 3_999;
  await expect(budgets.ask(asker('a'), questions(1))).rejects.toEqual(limited(1));
  clock.at += 1;
  await budgets.ask(asker('a'), questions(1));
});

test('neither another client nor another connection pays for it, and reads are still served', async () => {
  const { budgets } = open();
  await budgets.ask(asker('a'), questions(6));
  await budgets.ask(asker('a'), questions(6));
  await expect(budgets.ask(asker('a'), questions(0))).rejects.toThrow();
  await budgets.ask(asker('b'), questions(1));
  await budgets.ask(asker('a', { connection_id: 'd' }), questions(1));
  await budgets.ask(asker('a', { reads: true }), questions(1));
});

test('the questions for a call that is then sent are given back, so that allowed calls never use up the budget', async () => {
  const { budgets } = open();
  for (let n = 0; n < 100; n += 1) (await budgets.ask(asker('a'), questions(6))).giveBack();
  await budgets.ask(asker('a'), questions(6));
});

test('one call is charged for a bounded number of questions, even if it caused more', async () => {
  const { budgets } = open();
  (await budgets.ask(asker('a'), questions(1_000))).value;
  await budgets.ask(asker('a'), questions(4));
  await budgets.ask(asker('a'), questions(0));
});

test('questions of two clients at the same time are each charged to the right client, and so are those that fail', async () => {
  const { budgets } = open();
  const failing = async (): Promise<never> => {
    await questions(6)();
    throw new Error('silent');
  };
  await Promise.all([
    expect(budgets.ask(asker('a'), failing)).rejects.toThrow('silent'),
    budgets.ask(asker('b'), questions(1)),
  ]);
  await expect(budgets.ask(asker('a'), failing)).rejects.toThrow('silent');
  await expect(budgets.ask(asker('a'), questions(0))).rejects.toThrow(/asked too often/);
  await budgets.ask(asker('b'), questions(0));
  noteQuestion();
});

test('a client whose request took too long to judge waits before the next one, but the request itself is judged to its end', () => {
  const { budgets, clock } = open();
  const slow = (): string => {
    clock.at += 1_500;
    return 'judged';
  };
  expect(budgets.judge('a', slow)).toBe('judged');
  expect(budgets.judgeOn('a', () => 'decided')).toBe('decided');
  expect(() => budgets.judge('a', slow)).toThrowError(expect.objectContaining({ code: 'rate_limited' }));
  expect(budgets.judge('b', () => 'other')).toBe('other');
});

test('time that is charged without being measured counts like measured time', () => {
  const { budgets } = open();
  budgets.charge('a', 1_001);
  expect(() => budgets.judge('a', () => 'judged')).toThrowError(expect.objectContaining({ code: 'rate_limited' }));
  expect(budgets.judge('b', () => 'other')).toBe('other');
});

test('requests under way are counted together, and given back', () => {
  const { budgets } = open();
  const leave = budgets.enter('a');
  budgets.enter('a');
  expect(() => budgets.enter('a')).toThrowError(expect.objectContaining({ code: 'rate_limited' }));
  leave();
  budgets.enter('a');
});

test('large reads are done one after the other, clients in turns, each in a line of so many; what was begun goes on', async () => {
  const { budgets, clock } = open();
  const [order, first] = [[] as string[], Promise.withResolvers<void>()];
  const one = budgets.read('a', async () => {
    order.push('one begins');
    await first.promise;
    order.push('one ends');
  });
  const others = [2, 3].map((n) => budgets.read('a', async () => order.push(`a ${n}`)));
  await expect(budgets.read('a', async () => order.push('four'))).rejects.toMatchObject({ code: 'rate_limited' });
  others.push(budgets.readOn('a', async () => order.push('a goes on')));
  others.push(...[1, 2].map((n) => budgets.read('b', async () => order.push(`b ${n}`))));
  const settled = Promise.allSettled(others);
  clock.at += 5_000;
  first.reject(new Error('one that fails keeps nobody waiting'));
  await expect(one).rejects.toThrow('keeps nobody waiting');
  await settled;
  expect(order).toEqual(['one begins', 'b 1', 'b 2', 'a goes on']);
  await expect(budgets.read('a', async () => undefined)).rejects.toMatchObject({
    code: 'rate_limited',
    extras: { retry_after: 40 },
  });
  await budgets.read('b', async () => undefined);
});

test('who has read for too long waits as long as it is told, however the reads ended, and goes on with what was begun', async () => {
  const { budgets, clock } = open();
  const lasting = (ms: number) => async (): Promise<void> => {
    clock.at += ms;
    throw new Error('failed');
  };
  await expect(budgets.read('a', lasting(1_200))).rejects.toThrow('failed');
  const late = { code: 'rate_limited', extras: { retry_after: 2 } };
  await expect(budgets.read('a', lasting(1))).rejects.toMatchObject(late);
  await budgets.read('b', async () => undefined);
  await expect(budgets.readOn('a', lasting(10_000))).rejects.toThrow('failed');
  clock.at += 2_000;
  await budgets.read('a', async () => undefined);
});
