import { type Decision, type Described, type Effect, type ErrorCode, type Resolved, WritError } from '@writ/core';
import { expect, test } from 'vitest';
import type { Ctx } from '../context.ts';
import type { ConnectionState } from '../live.ts';
import { blastRadius } from './blast-radius.ts';

const item = {
  kind: 'volume',
  id: 'v_1',
  name: 'a\u202eb',
  facts: { size_mb: 5, mount_path: '/d\u202e', at: ['\u0000'] },
};
const FOUND: Described = {
  dies: [item],
  backups_lost: [],
  backups_left: [{ ...item, kind: 'backup', automatic: true, newest: true }],
  unknown: ['what\u0000else'],
  targets: [{ ...item, operation: 'x', environments: ['production'] }],
  environments: [
    {
      slug: 'production',
      kind: 'protected',
      provider: [
        { kind: 'environment', id: 'e_1', name: 'live\u202e', container: 'shop\u0000', within: 'project:p_1\u0000' },
      ],
    },
  ],
  confirm: [{ target: 'volume:v_1', environment: 'production', text: 'production/a\u202eb' }],
  stored_state: [{ name: 'staged_patch e_1\u0000', version: 'v\u0000', shown: { '\u202ea': ['\u0000', 1, null] } }],
  undescribable: ['not\u0000known'],
};

function ask(effect: Effect, answer: () => Promise<Described>, decision?: Partial<Decision>) {
  const budgets = { ask: async (_: unknown, work: () => Promise<unknown>) => ({ value: await work() }) };
  const ctx = { live: { budgets } } as unknown as Ctx;
  const state = { id: 'con_1', upstream: { describe: answer } } as unknown as ConnectionState;
  const resolved = { operations: [{ name: 'x', effect }] } as unknown as Resolved;
  const call = { state, payer: 'user', resolved, arrived: 0, decision: decision as Decision | undefined };
  return blastRadius(ctx, call).then(({ blast_radius }) => blast_radius);
}

const refuse = (code: ErrorCode) => () => Promise.reject(new WritError(code, { detail: 'It was silent.' }));

test.each(['reveal', 'execute', 'destroy', 'escalate'] as const)(
  'a call that would %s is described',
  async (effect) => {
    expect((await ask(effect, async () => FOUND))?.confirm).toHaveLength(1);
  },
);

test('a call that only reads or writes is described where it would wait for a human, else the provider is not asked', async () => {
  for (const effect of ['read', 'write'] as const) {
    expect(await ask(effect, refuse('internal'))).toBeNull();
    expect(await ask(effect, refuse('internal'), { approve: false, hold_minutes: 0 })).toBeNull();
    expect(await ask(effect, async () => FOUND, { approve: true, hold_minutes: 0 })).not.toBeNull();
    expect(await ask(effect, async () => FOUND, { approve: false, hold_minutes: 5 })).not.toBeNull();
  }
});

test('all text of the provider is inert', async () => {
  const radius = await ask('destroy', async () => FOUND);
  const told = JSON.stringify(radius);
  for (const character of ['\u202e', '\\u202e', '\u0000', '\\u0000']) expect(told).not.toContain(character);
  expect(radius?.dies[0]).toMatchObject({ kind: 'volume', id: 'v_1', facts: { size_mb: 5 } });
  expect(radius?.backups_left[0]).toMatchObject({ automatic: true, newest: true });
  expect(radius?.stored_state[0]?.shown).toEqual({ [radiusKey(radius)]: [expect.any(String), 1, null] });
});

const radiusKey = (radius: Awaited<ReturnType<typeof ask>>): string =>
  Object.keys(radius?.stored_state[0]?.shown as object)[0] ?? '';

test('what is stored is shown to its last character, and a list of facts that is cut short says so', async () => {
  const long = `${'a'.repeat(5_000)} && rm -rf /`;
  const shown = { startCommand: long, list: Array.from({ length: 600 }, (_, n) => n) };
  const dies = [{ ...item, facts: { domains: Array.from({ length: 502 }, (_, n) => `d${n}`) } }];
  const radius = await ask('destroy', async () => ({
    ...FOUND,
    dies,
    stored_state: [{ name: 'x', version: '1', shown }],
  }));
  expect(radius?.stored_state[0]?.shown).toEqual(shown);
  const alike = { 'x\u202e': 1, 'x\\u{202e}': 2 };
  const stored = await ask('destroy', async () => ({
    ...FOUND,
    stored_state: [{ name: 'x', version: '1', shown: alike }],
  }));
  expect(stored?.stored_state[0]?.shown).toEqual([
    ['x\\u{202e}', 1],
    ['x\\u{202e}', 2],
  ]);
  const { domains } = radius?.dies[0]?.facts ?? {};
  expect(domains).toHaveLength(501);
  expect((domains as string[]).at(-1)).toBe('and 2 more');
});

test('a list that is cut short says so, by how many', async () => {
  const dies = Array.from({ length: 502 }, (_, n) => ({ ...item, id: `v_${n}` }));
  const radius = await ask('destroy', async () => ({ ...FOUND, dies }));
  expect(radius?.dies).toHaveLength(500);
  expect(radius?.unknown[0]).toBe('2 more things that would be destroyed, which are not listed here');
});

test('a provider that does not answer leaves it unknown, never empty; a budget that is used up is said', async () => {
  const radius = await ask('destroy', refuse('upstream_unavailable'));
  expect(radius).toMatchObject({ unknown: ['what goes with it'], undescribable: ['It was silent.'] });
  await expect(ask('destroy', refuse('rate_limited'))).rejects.toThrow('It was silent.');
});
