import { createSecretKey } from 'node:crypto';
import { canonicalJson, type Reason, type ResolvedOperation } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { refusedData } from './request-event.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
/** What an entry may have, in bytes, and what its other members may take of it. */
const [ENTRY, OTHERS] = [65_000, 10_000];

function operation(name: string, values: ResolvedOperation['arguments']): ResolvedOperation {
  const effects = { effect: 'read', base_effect: 'read' } as const;
  const place = { targets: [], containers: [], environments: [{ slug: 'staging', kind: 'other' }] } as const;
  return { name, ...effects, arguments: values, secret_arguments: [], ...place };
}

function entryOf(operations: readonly ResolvedOperation[], reasons: readonly Reason[] = []) {
  const decision = { result: 'refuse', approve: false, hold_minutes: 0, pairs: [], reasons, missing: [] } as const;
  const text = canonicalJson(refusedData({ operations, decision }, key));
  return { bytes: Buffer.byteLength(text), data: JSON.parse(text) };
}

describe('an event of whatever was judged fits an entry', () => {
  test.each([
    ['letters of one byte', 'a'],
    ['letters of three bytes', '語'],
    ['quotation marks', '"'],
    ['characters that are written by their number', '\u0000'],
  ])('arguments of %s', (_what, letter) => {
    const many = Array.from({ length: 190 }, (_, index) => operation(`query.x${index}`, { text: letter.repeat(1300) }));
    const { bytes, data } = entryOf(many);
    expect(bytes).toBeLessThan(ENTRY - OTHERS);
    expect(data).toMatchObject({ operation_count: 190 });
    expect(data.operations).toHaveLength(40);
    const [{ arguments_digest, arguments: values }] = data.operations;
    expect(arguments_digest ?? values.omitted).toMatch(/^[0-9a-f]{64}$/);
  });

  test('one large argument gives way to its digest, and small ones beside it stay', () => {
    const { data } = entryOf([operation('query.a', { text: '語'.repeat(2000) }), operation('query.b', { id: 'v_1' })]);
    expect(data.operations).toMatchObject([{ arguments: { length: 2011 } }, { arguments: { id: 'v_1' } }]);
  });

  test('long names, and more reasons than are told', () => {
    const operations = Array.from({ length: 60 }, (_, index) => operation(`query.${'a'.repeat(300)}${index}`, {}));
    const selector = `query.${'b'.repeat(190)}`;
    const guardrail = { environments: 'protected', operations: selector, outcome: 'refuse' } as const;
    const place = { effect: 'read', environment: 'staging', rule: 'guardrail' } as const;
    const { bytes, data } = entryOf(operations, Array(40).fill({ operation: selector, ...place, guardrail }));
    expect(bytes).toBeLessThan(ENTRY - OTHERS);
    expect(data.reasons).toHaveLength(20);
  });
});
