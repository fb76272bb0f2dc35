import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Draft, emptyDraft, emptyPart, grantsOf, type Part, partOf, scopeOf } from '../../parts/grant/draft.ts';
import { commandsOf, readDraft, writeDraft } from './written.ts';

const now = Date.UTC(2026, 10, 28);
const name = fc.stringMatching(/^[a-z]{1,5}$/);
const some = (one: fc.Arbitrary<string>) => fc.uniqueArray(one, { maxLength: 3 });
const selector = fc.tuple(name, fc.constantFrom('', '*', ':destroy', '*:read')).map((two) => two.join(''));
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.constantFrom('a/b', ' a b ', 'a,b=c', '5', 'true', '"q"', '\\', '\u202e', '--ttl 5m', 'writ grant x', '\u{61}'),
);
const operand = fc.oneof(text, fc.integer(), fc.boolean());
const condition = fc.record({
  operation: name,
  path: fc.oneof(name, text).map((path) => `input.${path}`),
  condition: fc.oneof(
    operand.map((equals) => ({ equals })),
    fc.array(operand, { minLength: 1, maxLength: 3 }).map((one_of) => ({ one_of })),
    text.map((ends_with) => ({ ends_with })),
    fc.integer().map((at_most) => ({ at_most })),
  ),
});
const limit = fc.record({
  operations: selector,
  count: fc.integer({ min: 1, max: 100 }),
  per: fc.constantFrom('hour' as const, 'day' as const, 'week' as const),
});
const part: fc.Arbitrary<Part> = fc.record({
  connection: name,
  environments: some(name),
  operations: some(selector),
  resources: some(text.map((id) => `kind:${id}`)),
  conditions: fc.uniqueArray(condition, { maxLength: 3, selector: ({ operation, path }) => `${operation} ${path}` }),
  limits: fc.array(limit, { maxLength: 2 }),
});
const line = fc.oneof(fc.constant(''), text);
const draft: fc.Arbitrary<Draft> = fc.record({
  client_id: fc.constant('agent'),
  parts: fc.array(part, { minLength: 1, maxLength: 3 }),
  max_ttl_seconds: fc.option(fc.integer({ min: 60, max: 43_200 }), { nil: undefined }),
  expires_at: fc.constantFrom(undefined, '2026-12-31T00:00:00.000Z'),
  name: line,
  note: line,
});

test('form and text are one value: whatever the form holds, half filled or not, its text reads as the same', () => {
  fc.assert(
    fc.property(draft, (one) => {
      expect(readDraft(writeDraft(one), { before: one, now })).toEqual(one);
    }),
    { numRuns: 500 },
  );
});

const narrow: Draft = {
  ...emptyDraft('agent'),
  parts: [
    {
      ...emptyPart('railway'),
      environments: ['staging', 'pr'],
      operations: ['*:read', 'customDomainCreate'],
      conditions: [
        { operation: 'customDomainCreate', path: 'input.domain', condition: { ends_with: '.staging.example.com' } },
      ],
      limits: [{ operations: 'customDomainCreate', count: 5, per: 'day' }],
    },
  ],
  max_ttl_seconds: 1800,
  note: "Ada's bug",
};

test('it is written line by line, and as a command that is read back as it was', () => {
  expect(writeDraft(narrow).split('\n')).toEqual([
    'railway/staging/*:read',
    'railway/staging/customDomainCreate',
    'railway/pr/*:read',
    'railway/pr/customDomainCreate',
    '--where customDomainCreate input.domain ends_with .staging.example.com',
    '--limit 5 customDomainCreate per day',
    '--ttl 30m',
    "--note Ada's bug",
  ]);
  const command = commandsOf(narrow);
  expect(command).toContain("writ grant agent \\\n    'railway/staging/*:read' \\\n");
  expect(command).toContain(`--note 'Ada'\\''s bug'`);
  expect(readDraft(command, { before: narrow, now })).toEqual(narrow);
});

describe('a text', () => {
  const read = (text: string) => readDraft(text, { before: emptyDraft('agent'), now });

  test('whose places have different operations is several grants, each as narrow as it was written', () => {
    const found = read('railway/shared/*:read\nrailway/staging/*:read\nrailway/staging/deploy*');
    const drafted = 'parts' in found ? grantsOf(found).map(({ client_id, ...scope }) => ({ client_id, ...scope })) : [];
    expect(drafted).toEqual([
      { client_id: 'agent', connection: 'railway', environments: ['shared'], operations: ['*:read'] },
      { client_id: 'agent', connection: 'railway', environments: ['staging'], operations: ['*:read', 'deploy*'] },
    ]);
  });

  test('says which line cannot be read, and what it should be', () => {
    expect(read('railway/staging\n\n--where x\n--wher x\n--ttl soon\n--name')).toEqual([
      { line: 1, problem: expect.stringContaining('must be connection/environment/operations') },
      { line: 3, problem: expect.stringContaining('must be an operation, the path') },
      { line: 4, problem: expect.stringContaining('no option --wher') },
      { line: 5, problem: expect.stringContaining('must be a duration') },
      { line: 6, problem: '--name needs a value' },
    ]);
    expect(read('--where x a equals 1\n--where x a equals 2')).toEqual([
      { line: 2, problem: expect.stringContaining('second condition on a of x') },
    ]);
    expect(read('--ttl 5m\n--ttl 5m\n--ttl 6m')).toEqual([{ line: 3, problem: expect.stringContaining('otherwise') }]);
    expect(read('--constructor x')).toEqual([{ line: 1, problem: expect.stringContaining('no option') }]);
  });

  test('of nothing is a draft of nothing, and keeps the client', () => {
    expect(read('')).toEqual(emptyDraft('agent'));
  });
});

test('a scope becomes a part and the same scope again', () => {
  for (const one of narrow.parts) expect(partOf(scopeOf(one))).toEqual(one);
});
