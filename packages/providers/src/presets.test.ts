/** What is offered to be granted: of every provider, names that its catalog has, and nothing that does harm. */
import { allows, EFFECTS, parseSelector, type SelectedOperation } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { PROVIDERS } from './registry.ts';

describe.each(PROVIDERS.map((provider) => [provider.id, provider] as const))('the presets of %s', (_id, provider) => {
  const pairs = provider.operations.flatMap(({ name, effect, raised_to }): SelectedOperation[] =>
    EFFECTS.filter((each) => each === effect || raised_to.includes(each)).map((each) => {
      return { name, effect: each, base_effect: effect };
    }),
  );
  const covered = (selector: string) => pairs.filter((pair) => allows(parseSelector(selector), pair));

  test('there are some, each with an id of its own', () => {
    const ids = provider.presets.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z_]+$/);
  });

  test.each(provider.presets.map((preset) => [preset.id, preset] as const))(
    '%s: each selector reaches something, reads or writes alone, and stands once',
    (_preset, { operations, needs = [] }) => {
      expect(new Set(operations).size).toBe(operations.length);
      for (const selector of operations) {
        const effects = covered(selector).map(({ effect }) => effect);
        expect(effects.length, selector).toBeGreaterThan(0);
        for (const effect of effects) expect(['read', 'write'], selector).toContain(effect);
      }
      for (const { operation, path, comparison } of needs) {
        const input = provider.operations
          .find(({ name }) => name === operation)
          ?.inputs.find((each) => each.path === path);
        expect(operations).toContain(operation);
        expect(input, path).toMatchObject({ secret: false, type: comparison === 'at_most' ? 'number' : 'text' });
      }
    },
  );

  test('its credentials say how a person makes the narrowest, and where', () => {
    const ranks = provider.credentialKinds.map(({ narrowness }) => narrowness).sort((a, b) => a - b);
    expect(ranks).toEqual(ranks.map((_, at) => at + 1));
    for (const { steps, url } of provider.credentialKinds) {
      expect(steps.length).toBeGreaterThan(2);
      expect(new URL(url).protocol).toBe('https:');
    }
  });
});
