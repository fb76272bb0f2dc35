/** What the admin page copies as a command is read by the shell and by `writ grant` as the grant that the page shows. */
import { execFileSync } from 'node:child_process';
import type { RequestOf } from '@writ/api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cli } from '../../apps/cli/src/cli.ts';
import { createProgram } from '../../apps/cli/src/program.ts';
import { commandsOf, readDraft } from '../../apps/web/src/pages/grants/written.ts';
import { type Draft, emptyDraft, grantsOf, type Part } from '../../apps/web/src/parts/grant/draft.ts';

/** The words of each `writ` command, as a shell makes them. */
function wordsIn(commands: string): string[][] {
  const shown = execFileSync('sh', ['-c', `writ() { printf '%s\\0' "$@"; printf '\\1\\0'; }\n${commands}`]).toString();
  return shown
    .split('\0\u0001\0')
    .slice(0, -1)
    .map((words) => words.split('\0').slice(0));
}

async function grantsMade(commands: string): Promise<RequestOf<'grants.create'>[]> {
  const made: RequestOf<'grants.create'>[] = [];
  const cli = {
    globals: { json: true },
    now: () => 0,
    show: () => undefined,
    call: async (_: string, input: RequestOf<'grants.create'>) => void made.push(input),
  } as unknown as Cli;
  for (const words of wordsIn(commands)) await createProgram(() => cli).parseAsync(words, { from: 'user' });
  return made;
}

const text = fc.oneof(
  fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,8}[\x21-\x7e])?$/),
  fc.constantFrom("it's", '"quoted"', 'a b', '--ttl', '$HOME `id` \\', '5', '1e+21', 'é', 'a,b=c', '~', '=x', '#'),
);
const slug = fc.stringMatching(/^[a-z][a-z0-9]{0,4}$/);
const selector = fc.oneof(slug, fc.constantFrom('repos/delete', '*', '*:read', 'x*:destroy', "it's", '$x'));
const condition = fc.record({
  operation: slug,
  path: fc.oneof(slug, fc.constantFrom('labels[]', 'body.a b', 'input."x"')),
  condition: fc.oneof(
    fc.oneof(text, fc.integer(), fc.boolean()).map((equals) => ({ equals })),
    fc.array(text, { minLength: 1, maxLength: 3 }).map((one_of) => ({ one_of })),
    text.map((ends_with) => ({ ends_with })),
    fc.integer().map((at_most) => ({ at_most })),
  ),
});
const limit = fc.record({
  operations: selector,
  count: fc.integer({ min: 1, max: 9 }),
  per: fc.constant('day' as const),
});
const part: fc.Arbitrary<Part> = fc.record({
  connection: slug,
  environments: fc.uniqueArray(fc.oneof(slug, fc.constant('*')), { minLength: 1, maxLength: 3 }),
  operations: fc.uniqueArray(selector, { minLength: 1, maxLength: 3 }),
  resources: fc.uniqueArray(
    text.map((id) => `kind:${id}`),
    { maxLength: 2 },
  ),
  conditions: fc.uniqueArray(condition, { maxLength: 3, selector: ({ operation, path }) => `${operation} ${path}` }),
  limits: fc.array(limit, { maxLength: 2 }),
});
const draft: fc.Arbitrary<Draft> = fc.record({
  client_id: slug,
  parts: fc.array(part, { minLength: 1, maxLength: 3 }),
  max_ttl_seconds: fc.option(fc.integer({ min: 60, max: 43_200 }), { nil: undefined }),
  expires_at: fc.constantFrom(undefined, '2026-12-31T00:00:00.000Z'),
  name: fc.oneof(fc.constant(''), text),
  note: fc.oneof(fc.constant(''), text),
});

test('whatever the form holds, the copied command makes just these grants', async () => {
  await fc.assert(
    fc.asyncProperty(draft, async (one) => {
      expect(await grantsMade(commandsOf(one))).toEqual(grantsOf(one));
    }),
    { numRuns: 60 },
  );
});

test('and pasted back, it is the same form, for the client that it names', () => {
  fc.assert(
    fc.property(draft, (one) => {
      expect(readDraft(commandsOf(one), { before: emptyDraft(), now: 0 })).toEqual(one);
      expect(readDraft(commandsOf(one), { before: emptyDraft('somebody-else'), now: 0 })).toEqual([
        { line: 1, problem: expect.stringContaining(`is for the client ${one.client_id}`) },
      ]);
    }),
    { numRuns: 200 },
  );
});
