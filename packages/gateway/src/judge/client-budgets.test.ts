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

test('a client that has asked too much about calls that came to nothing waits as long as it is told, and is served then', async () => {
  const { budgets, clock } = open();
  expect((await budgets.ask(asker('a'), questions(6))).value).toBe('found');
  await budgets.ask(asker('a'), questions(6));
  await expect(budgets.ask(asker('a'), questions(1))).rejects.toEqual(limited(4));
  clock.at += 3_999;
  await expect(budgets.ask(asker('a'), questions(1))).rejects.toEqual(limited(1));
  clock.at += 1;
  await budgets.ask(asker('a'), questions(1));
});

test('neither another client nor another connection pays for it, and reads go on', async () => {
  const { budgets } = open();
  await budgets.ask(asker('a'), questions(6));
  await budgets.ask(asker('a'), questions(6));
  await expect(budgets.ask(asker('a'), questions(0))).rejects.toThrow();
  await budgets.ask(asker('b'), questions(1));
  await budgets.ask(asker('a', { connection_id: 'd' }), questions(1));
  await budgets.ask(asker('a', { reads: true }), questions(1));
});

test('what is asked for a call that is then sent is given back, so that allowed calls never come to the end of it', async () => {
  const { budgets } = open();
  for (let n = 0; n < 100; n += 1) (await budgets.ask(asker('a'), questions(6))).giveBack();
  await budgets.ask(asker('a'), questions(6));
});

test('one call counts for no more than a bounded number of questions, however far it had to look', async () => {
  const { budgets } = open();
  (await budgets.ask(asker('a'), questions(1_000))).value;
  await budgets.ask(asker('a'), questions(4));
  await budgets.ask(asker('a'), questions(0));
});

test('questions of two at the same time are each charged to its own, also those that fail', async () => {
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

test('judging that took too long is made up for before the next begins, but ends what it began', () => {
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

test('time that is charged without being measured is made up for like any other', () => {
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
