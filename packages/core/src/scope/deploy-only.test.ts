import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkDeployOnly } from './deploy-only.ts';
import { EFFECTS, type Effect } from './effect.ts';
import { parseSelector, selects } from './selector.ts';

const catalog: Readonly<Record<string, Effect>> = {
  project: 'read',
  serviceInstanceRedeploy: 'write',
  variables: 'reveal',
  serviceInstanceUpdate: 'execute',
  volumeDelete: 'destroy',
  apiTokenCreate: 'escalate',
};
const effectOf = (name: string): Effect | undefined => (Object.hasOwn(catalog, name) ? catalog[name] : undefined);
const check = (...operations: string[]) => checkDeployOnly({ operations }, { effectOf });

test.each([
  '*',
  '*:read',
  '*:write',
  'customDomain*',
  'project',
  'serviceInstanceRedeploy',
  'serviceInstanceUpdate',
  'serviceInstanceUpdate:execute',
  'serviceInstanceRedeploy:execute',
])('%s is deploy-only', (operation) => {
  expect(check(operation)).toEqual([]);
});

describe('is refused, by field and with its reason', () => {
  test.each([
    ['variables', /effect reveal/],
    ['*:reveal', /effect reveal/],
    ['project:reveal', /effect reveal/],
    ['volumeDelete', /effect destroy/],
    ['volumeDelete:destroy', /effect destroy/],
    ['volume*:destroy', /effect destroy/],
    ['apiTokenCreate', /effect escalate/],
    ['*:escalate', /effect escalate/],
    ['*:execute', /must name one operation/],
    ['service*:execute', /must name one operation/],
    ['unknownThing', /not in the catalog/],
    ['toString', /not in the catalog/],
  ])('%s', (operation, problem) => {
    expect(check('project', operation)).toEqual([
      { field: 'operations.1', problem: expect.stringMatching(problem), found: operation },
    ]);
  });

  test('each of several selectors, under its own field', () => {
    const problems = checkDeployOnly(
      { operations: ['volumeDelete', '*', '*:execute'] },
      { effectOf, field: 'authorization_details.0.operations' },
    );
    expect(problems.map(({ field }) => field)).toEqual([
      'authorization_details.0.operations.0',
      'authorization_details.0.operations.2',
    ]);
  });
});

test('an effect that was raised later is noticed by a second check', () => {
  const raised = checkDeployOnly({ operations: ['project'] }, { effectOf: () => 'destroy' });
  expect(raised).toHaveLength(1);
});

test('selectors that pass cover no call that reveals, destroys or escalates, and only named calls that execute', () => {
  const names = fc.constantFrom(...Object.keys(catalog));
  const patterns = fc.oneof(names, fc.constantFrom('*', 'v*', '*e', 'service*', '*:', 'x:read'));
  const selector = fc
    .tuple(patterns, fc.constantFrom('', ...EFFECTS.map((effect) => `:${effect}`)))
    .map(([pattern, effect]) => `${pattern}${effect}`);
  const property = fc.property(selector, names, fc.constantFrom(...EFFECTS), (operation, name, effect) => {
    fc.pre(check(operation).length === 0);
    const parsed = parseSelector(operation);
    if (!selects(parsed, { name, effect, base_effect: effectOf(name) ?? 'read' })) return;
    expect(['read', 'write', 'execute']).toContain(effect);
    if (effect === 'execute') expect(parsed.pattern).toBe(name);
  });
  fc.assert(property, { numRuns: 2000 });
});
