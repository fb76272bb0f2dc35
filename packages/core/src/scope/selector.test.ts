import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EFFECTS } from './effect.ts';
import { allows, matchesName, narrowestSelector, parseSelector, selects } from './selector.ts';

const effects = fc.constantFrom(...EFFECTS);
const name = fc.stringMatching(/^[A-Za-z.]{1,12}$/);

const op = (operation: string, effect: (typeof EFFECTS)[number], base_effect = effect) => ({
  name: operation,
  effect,
  base_effect,
});

test.each([
  ['volumeDelete', op('volumeDelete', 'destroy'), true],
  ['volumeDelete', op('volumedelete', 'destroy'), false],
  ['volumeInstanceUpdate', op('volumeInstanceUpdate', 'write'), true],
  ['volumeInstanceUpdate', op('volumeInstanceUpdate', 'destroy', 'write'), false],
  ['volumeInstanceUpdate:destroy', op('volumeInstanceUpdate', 'destroy', 'write'), true],
  ['volumeInstanceUpdate:destroy', op('volumeInstanceUpdate', 'write'), false],
  ['volume*', op('volumeUpdate', 'write'), true],
  ['volume*', op('volumeDelete', 'destroy'), false],
  ['volume*:destroy', op('volumeDelete', 'destroy'), true],
  ['*:read', op('anything', 'read'), true],
  ['*:read', op('anything', 'write'), false],
  ['*', op('variables', 'reveal'), false],
  ['a*b*c', op('aXbYc', 'read'), true],
  ['a*b*c', op('acb', 'read'), false],
  ['ab*ba', op('aba', 'read'), false],
  ['query.x', op('query.x', 'read'), true],
  ['s3:GetObject', op('s3:GetObject', 'read'), true],
  ['s3:Get*:read', op('s3:GetObject', 'read'), true],
  ['x:delete', op('x:delete', 'destroy'), true],
])('selector %s on %o is %s', (selector, operation, expected) => {
  expect(selects(parseSelector(selector), operation)).toBe(expected);
});

test('a glob without an effect never reaches reveal, execute, destroy or escalate', () => {
  const glob = fc.tuple(name, name).map(([a, b]) => `${a.slice(0, 2)}*${b.slice(-2)}`);
  const harmful = fc.constantFrom('reveal', 'execute', 'destroy', 'escalate' as const);
  fc.assert(
    fc.property(fc.oneof(glob, fc.constant('*')), name, harmful, effects, (pattern, operation, effect, base) => {
      expect(selects(parseSelector(pattern), { name: operation, effect: effect as 'reveal', base_effect: base })).toBe(
        false,
      );
    }),
  );
});

test('an operation that must be spelled out is allowed by no glob at any effect, but a glob can forbid it', () => {
  const spelled = { ...op('favoriteSet', 'write'), spelled_out: true as const };
  for (const glob of ['*', 'favorite*', '*:write', 'favoriteSet*']) {
    expect(allows(parseSelector(glob), spelled)).toBe(false);
    expect(selects(parseSelector(glob), spelled)).toBe(true);
  }
  expect(allows(parseSelector('favoriteSet'), spelled)).toBe(true);
  expect(allows(parseSelector('favoriteSet:write'), spelled)).toBe(true);
  expect(allows(parseSelector('favoriteSet'), { ...spelled, effect: 'destroy' })).toBe(false);
});

test('a glob matches like the equivalent regular expression', () => {
  const pattern = fc.stringMatching(/^[ab*]{1,8}$/);
  const subject = fc.stringMatching(/^[ab]{0,10}$/);
  fc.assert(
    fc.property(pattern, subject, (text, operation) => {
      const expected = new RegExp(`^${text.replaceAll('*', '.*')}$`).test(operation);
      expect(matchesName(parseSelector(text), operation)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test('a hostile pattern is matched in linear time', () => {
  const selector = parseSelector(`${'a*'.repeat(90)}b`);
  expect(matchesName(selector, 'a'.repeat(200_000))).toBe(false);
});

test('the narrowest selector covers its operation', () => {
  fc.assert(
    fc.property(name, effects, effects, (operation, effect, base) => {
      const judged = op(operation, effect, base);
      expect(selects(parseSelector(narrowestSelector(judged)), judged)).toBe(true);
    }),
  );
});
