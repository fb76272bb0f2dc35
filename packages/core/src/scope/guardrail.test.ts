import { expect, test } from 'vitest';
import { guardPair } from '../decide/guard.ts';
import { EFFECTS } from './effect.ts';
import { guardrailSchema, SHIPPED_GUARDRAILS } from './guardrail.ts';

/** The table of model#guardrail: allow, approve, or the minutes of a hold. */
const SHIPPED = {
  protected: { read: 'allow', write: 'allow', reveal: 'approve', execute: 'approve', destroy: 'approve, hold 60' },
  other: { read: 'allow', write: 'allow', reveal: 'allow', execute: 'allow', destroy: 'hold 5' },
  ephemeral: { read: 'allow', write: 'allow', reveal: 'allow', execute: 'allow', destroy: 'allow' },
} as const;

test.each(Object.entries(SHIPPED))(
  'the shipped set guards an environment that is %s as the table says',
  (kind, row) => {
    for (const effect of EFFECTS) {
      const operation = { name: 'anything', effect, base_effect: effect };
      const environment = { slug: 'e', kind: kind as keyof typeof SHIPPED };
      const { outcome, approve, hold_minutes, rules } = guardPair(
        SHIPPED_GUARDRAILS,
        'railway',
        operation,
        environment,
      );
      const holds = hold_minutes > 0 ? [`hold ${hold_minutes}`] : [];
      const wants = [...(approve ? ['approve'] : []), ...holds].join(', ') || outcome;
      expect([effect, wants]).toEqual([effect, { ...row, escalate: 'approve' }[effect]]);
      expect(rules).toEqual(rules.map((rule) => guardrailSchema.parse(rule)));
      expect(rules.map((rule) => rule.outcome)).toEqual(wants.split(', ').map((word) => word.split(' ')[0]));
    }
  },
);

const problems = (rule: object): unknown[] =>
  guardrailSchema.safeParse({ environments: 'other', operations: '*', ...rule }).error?.issues ?? [];

test('only a hold has a length, from a minute to a week', () => {
  for (const hold_minutes of [1, 7 * 24 * 60]) expect(problems({ outcome: 'hold', hold_minutes })).toEqual([]);
  for (const hold_minutes of [0, 0.5, 7 * 24 * 60 + 1]) {
    expect(problems({ outcome: 'hold', hold_minutes })).toMatchObject([{ path: ['hold_minutes'] }]);
  }
  const together = { message: 'hold_minutes goes with the outcome hold, and only there', path: ['hold_minutes'] };
  expect(problems({ outcome: 'hold' })).toMatchObject([together]);
  for (const outcome of ['allow', 'approve', 'deny']) {
    expect(problems({ outcome })).toEqual([]);
    expect(problems({ outcome, hold_minutes: 5 })).toMatchObject([together]);
  }
});

test('only an approval has a quorum, of two to five people', () => {
  for (const quorum of [2, 5]) expect(problems({ outcome: 'approve', quorum })).toEqual([]);
  for (const quorum of [1, 2.5, 6])
    expect(problems({ outcome: 'approve', quorum })).toMatchObject([{ path: ['quorum'] }]);
  for (const more of [{ outcome: 'allow' }, { outcome: 'hold', hold_minutes: 5 }, { outcome: 'deny' }])
    expect(problems({ ...more, quorum: 2 })).toMatchObject([{ message: 'quorum goes with the outcome approve only' }]);
});
