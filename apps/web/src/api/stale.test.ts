/** What an event makes stale is read again: in rounds, none of them beside another, and nothing of it is lost. */
import { expect, test } from 'vitest';
import { createRounds, staleAfter } from './stale.ts';

/** Waits and reads that end when the test says so. */
function steps() {
  const open: { what: string; end: (again?: readonly string[]) => void }[] = [];
  const step = (what: string) =>
    new Promise<readonly string[]>((resolve) => open.push({ what, end: (again = []) => resolve(again) }));
  const next = async (again?: readonly string[]): Promise<void> => {
    open.shift()?.end(again);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const rounds = createRounds(
    (stale) => step([...stale].join(' ')),
    async (ms) => void (await step(`wait ${ms}`)),
  );
  return { rounds, next, now: () => open.map(({ what }) => what) };
}

test('events are gathered; the next round waits for the last one, and a second', async () => {
  const { rounds, next, now } = steps();
  rounds(['tasks']);
  rounds(['audit', 'tasks']);
  expect(now()).toEqual(['wait 400']);
  await next();
  expect(now()).toEqual(['tasks audit']);
  rounds(['holds']);
  expect(now()).toEqual(['tasks audit']);
  await next();
  expect(now()).toEqual(['wait 1000']);
  await next();
  expect(now()).toEqual(['holds']);
});

test('what was being read already is read once more, and then there is rest', async () => {
  const { rounds, next, now } = steps();
  rounds(['tasks']);
  await next();
  await next(['tasks']);
  await next();
  expect(now()).toEqual(['tasks']);
  await next();
  await next();
  expect(now()).toEqual([]);
  rounds(['me']);
  expect(now()).toEqual(['wait 400']);
});

test.each([
  ['freeze.created', ['freeze', 'tasks', 'clients']],
  ['guardrails.changed', ['guardrails', 'clients', 'exposure']],
  ['environment.changed', ['clients', 'exposure']],
  ['operation.changed', ['clients', 'exposure']],
  ['connection.removed', ['grants', 'approvals', 'holds', 'clients']],
  ['something.else', ['audit']],
])('%s makes stale what shows it', (kind, nouns) => {
  expect(staleAfter(kind)).toEqual(expect.arrayContaining(nouns));
});
