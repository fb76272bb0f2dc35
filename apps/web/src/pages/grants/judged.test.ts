import { expect, test } from 'vitest';
import { waiverOf } from '../../parts/grant/conditions.ts';
import { emptyDraft, emptyPart, type Part } from '../../parts/grant/draft.ts';
import { judgedOf } from './judged.ts';

type By = Parameters<typeof judgedOf>[1];
type Facts = ReturnType<By['factsOf']>;

const need = { operation: 'scale', path: 'input.replicas', comparison: 'at_most' as const, question: 'How many?' };
const operation = { name: 'scale', effect: 'write', inputs: [{ path: need.path, type: 'number' }], raised_to: [] };
const facts = (more: object): Facts =>
  ({ operations: [operation], environments: [], presets: [], isRead: true, error: null, ...more }) as never;
/** One connection asks about `scale` and guards its production; the other does neither. */
const known: Readonly<Record<string, Facts>> = {
  strict: facts({ presets: [{ needs: [need] }], environments: [{ slug: 'production', kind: 'protected' }] }),
  plain: facts({}),
  unread: facts({ isRead: false, operations: undefined }),
};
const factsOf = (connection: string) => known[connection] ?? facts({ isRead: false });
const part = (connection: string): Part => ({
  ...emptyPart(connection),
  environments: ['production'],
  operations: ['scale', 'sc*'],
});
const preview = {
  preview: { summary: [{ environment: 'production', effect: 'write' }] },
} as unknown as By['previews'][number];
const judged = (connections: readonly string[], waived: readonly string[] = []) =>
  judgedOf(
    { ...emptyDraft('agent'), parts: connections.map(part) },
    { factsOf, previews: connections.map(() => preview), waived },
  );

test('a grant of another connection than the one shown is judged by its own: what it asks, what is protected there', () => {
  const alone = judged(['strict']);
  expect(alone.lacks).toContain('Not answered yet: How many?');
  expect(alone.reasons).toEqual([expect.stringContaining('protected environment')]);
  expect(judged(['plain'])).toEqual({ reasons: [], lacks: [], isKnown: true });
  const both = judged(['plain', 'strict']);
  expect(both.lacks).toContain('2: production (2): Not answered yet: How many?');
  expect(both.reasons).toEqual([expect.stringMatching(/^2: production/)]);
});

test('what was left open in one connection stays asked in another, and nothing is made of one that was not read', () => {
  const waiver = waiverOf(part('plain'), need as never);
  expect(judged(['plain', 'strict'], [waiver]).lacks.join()).toContain('Not answered yet');
  const own = waiverOf(part('strict'), need as never);
  expect(judged(['plain', 'strict'], [own]).lacks.join()).not.toContain('Not answered yet');
  expect(judged(['plain', 'strict'], [own]).reasons.join()).toContain('Any value will do');
  expect(judged(['strict', 'unread']).isKnown).toBe(false);
});
