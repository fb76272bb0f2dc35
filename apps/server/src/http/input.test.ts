import { ROUTES, type Route } from '@writ/api';
import { type FieldProblem, WritError } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PARAMETERS } from '../../../../test/security/parameters.ts';
import { parseInput } from './input.ts';

/** Wrong inputs of every kind: another type, too small, too large, of another form, empty, a member too many, NUL. */
const WRONG: readonly unknown[] = [
  ...[undefined, null, true, 5, -1, 0.5, 1e300, '', ' ', 'x', 'x y', 'nul\0', '*', 'production', '2026-13-45'],
  ...['x'.repeat(100_000), [], {}, [''], [5], [[]], ['x', 'nul\0'], [null], { a: 1 }, { '': '' }, { 'nul\0': 1 }],
  ...[{ equals: {} }, { x: { y: { equals: [], one_of: [] } } }, { environment_ids: [] }, { ephemeral_of: [5] }],
  ...[{ method: 'nothing' }, { method: 'federated' }, { method: 'private_key_jwt', jwks: { keys: [5] } }],
  ...[{ kind: 5, value: '' }, { method: 'GET', path: 5, body: 5 }, Array.from({ length: 2000 }, () => 'x')],
];

/** What a validator says, and no person should read. */
const FOREIGN = /expected|received|invalid|too (small|big)|unrecogni|>=|<=|regex|pattern|nan\b|undefined|\/\^|zod/i;

function membersOf(schema: z.ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => membersOf(option as z.ZodType));
  return 'in' in schema.def && schema.def.in instanceof z.ZodType ? membersOf(schema.def.in) : [];
}

function problemsOf(route: Route, body: object, query: string): readonly FieldProblem[] {
  try {
    const names = Object.keys(route.params?.shape ?? {});
    const params = Object.fromEntries(names.map((name) => [name, PARAMETERS[name] ?? '']));
    parseInput(route, { params, query: new URLSearchParams(query), body: body as never });
    return [];
  } catch (error) {
    if (!(error instanceof WritError)) throw error;
    expect(error.code).toBe('validation_failed');
    expect(error.message).not.toMatch(FOREIGN);
    return error.extras.fields ?? [];
  }
}

describe('no sentence of a validator comes out of any route', () => {
  const lines = Object.entries<Route>(ROUTES);

  test.each(lines.filter(([, { body }]) => body !== undefined))('%s, by its body', (_, route) => {
    const { sample } = route;
    const members = [...new Set(membersOf(route.body as z.ZodType))];
    expect(members.length).toBeGreaterThan(0);
    let refused = 0;
    for (const member of [...members, 'no_such_member']) {
      for (const value of WRONG) {
        const fields = problemsOf(route, { ...sample, [member]: value }, '');
        refused += fields.length;
        for (const { problem } of fields) {
          expect(problem, `${member} ${JSON.stringify(value)?.slice(0, 80)}`).not.toMatch(FOREIGN);
          expect(problem).toMatch(/^(must|is|has|may|give|goes)\b/);
        }
      }
    }
    expect(refused).toBeGreaterThan(5);
  });

  test.each(lines.filter(([, { query }]) => query !== undefined))('%s, by its query', (_, route) => {
    for (const name of [...Object.keys(route.query?.shape ?? {}), 'no_such_parameter']) {
      for (const value of ['', 'x', '-1', '0', '1e9', '5.5', 'x'.repeat(5000), 'nul%00', '2026-13-45', 'null']) {
        for (const { problem } of problemsOf(route, { ...ROUTES['grants.create'].sample }, `${name}=${value}`))
          expect(problem).not.toMatch(FOREIGN);
      }
    }
  });
});

describe('a problem says what would be right', () => {
  const grant = { client_id: 'agent', connection: 'railway', environments: ['staging'], operations: ['*:read'] };
  test.each<[string, object, string, string]>([
    ['a missing member', { client_id: undefined }, 'client_id', 'is missing'],
    ['an empty text', { note: '' }, 'note', 'must not be empty'],
    ['another type', { operations: '*:read' }, 'operations', 'must be a list'],
    ['an empty list', { operations: [] }, 'operations', 'must not be an empty list'],
    ['an empty condition', { arguments: {} }, 'arguments', 'must not be empty: leave it out, or fill it'],
    ['a moment without an offset', { expires_at: '2026-12-01' }, 'expires_at', 'must be a moment such as'],
    ['a number that is too large', { max_ttl_seconds: 1e6 }, 'max_ttl_seconds', 'must be at most 43200'],
    ['a member too many', { scopes: 1 }, 'scopes', 'is not a member of this request'],
    ['NUL', { note: 'a\0b' }, 'note', 'must not hold the character NUL'],
    [
      'none of several types',
      { arguments: { x: { y: { equals: {} } } } },
      'arguments.x.y.equals',
      'must be text, a number or true or false',
    ],
  ])('%s', (_, change, field, problem) => {
    const [first] = problemsOf(ROUTES['grants.create'], { ...grant, ...change }, '');
    expect(first).toMatchObject({ field, problem: expect.stringContaining(problem) });
  });

  test('of several members of which one must be given, they are named', () => {
    const [first] = problemsOf(ROUTES['freeze.create'], { reason: 'x' }, '');
    expect(first?.problem).toMatch(/^must have .*connection.* or /);
  });

  test('of a word that is nearly one, the one', () => {
    const [first] = problemsOf(ROUTES['clients.create'], { ...ROUTES['clients.create'].sample, kind: 'agen' }, '');
    expect(first).toMatchObject({ field: 'kind', problem: 'must be agent, ci or automation', nearest: 'agent' });
  });
});
