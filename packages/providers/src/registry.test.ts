import { expect, test } from 'vitest';
import { findProvider, PROVIDERS } from './registry.ts';

test('a provider is found by its id and by nothing that every object has', () => {
  for (const provider of PROVIDERS) expect(findProvider(provider.id)).toBe(provider);
  for (const id of ['Railway', '', 'constructor', '__proto__', 'toString']) expect(findProvider(id)).toBeUndefined();
});
