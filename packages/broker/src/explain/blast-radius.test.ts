import { type BlastRadius, type ErrorCode, type Resolved, WritError } from '@writ/core';
import { expect, test } from 'vitest';
import type { Ctx } from '../context.ts';
import type { ConnectionState } from '../live.ts';
import { blastRadius } from './blast-radius.ts';

const item = { kind: 'volume', id: 'v_1', name: 'a\u202eb', facts: { size_mb: 5, mount_path: '/d\u202e' } };
const FOUND: BlastRadius = { dies: [item], backups_lost: [], backups_left: [], unknown: ['what\u0000else'] };

function ask(effect: string, answer: () => Promise<BlastRadius>) {
  const budgets = { ask: async (_: unknown, work: () => Promise<unknown>) => ({ value: await work() }) };
  const ctx = { live: { budgets }, now: () => 0 } as unknown as Ctx;
  const state = { id: 'con_1', upstream: { describe: answer } } as unknown as ConnectionState;
  const resolved = { operations: [{ name: 'x', effect }] } as unknown as Resolved;
  return blastRadius(ctx, { state, payer: 'user', resolved });
}

const refuse = (code: ErrorCode) => () => Promise.reject(new WritError(code, { detail: 'It was silent.' }));

test('the provider is asked only about what destroys, and its text is inert', async () => {
  expect(await ask('escalate', refuse('internal'))).toBeNull();
  const { dies, unknown } = (await ask('destroy', async () => FOUND)) ?? {};
  const told = `${dies?.[0]?.name} ${JSON.stringify(dies?.[0]?.facts)} ${unknown?.[0]}`;
  for (const character of ['\u202e', '\u0000']) expect(told).not.toContain(character);
  expect(dies?.[0]).toMatchObject({ kind: 'volume', id: 'v_1', facts: { size_mb: 5 } });
});

test('a list that is cut short says so, by how many', async () => {
  const dies = Array.from({ length: 502 }, (_, n) => ({ ...item, id: `v_${n}` }));
  const radius = await ask('destroy', async () => ({ ...FOUND, dies }));
  expect(radius?.dies).toHaveLength(500);
  expect(radius?.unknown[0]).toBe('2 more things that would be destroyed, which are not listed here');
});

test('a provider that does not answer leaves it unknown, never empty; a budget that is used up is said', async () => {
  const radius = await ask('destroy', refuse('upstream_unavailable'));
  expect(radius?.unknown).toEqual(['what goes with it: It was silent.']);
  await expect(ask('destroy', refuse('rate_limited'))).rejects.toThrow('It was silent.');
});
