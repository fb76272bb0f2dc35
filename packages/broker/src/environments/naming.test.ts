import type { ProviderEnvironment } from '@writ/providers';
import { describe, expect, test } from 'vitest';
import { isNotProduction, planImport } from './naming.ts';

const environment = (name: string, labels: readonly string[] = [name]): ProviderEnvironment => {
  const id = labels.join(' ');
  const container = { id: 'c', name: 'container' };
  return { id, name, ephemeral: false, container, members: [`ids:${id}`], selector: { ids: [id] }, labels };
};
const slugs = (found: readonly ProviderEnvironment[], taken: readonly string[] = []) =>
  planImport(found, taken).map(({ slug, protected: isProtected }) => `${slug}${isProtected ? ' protected' : ''}`);

describe('import', () => {
  test('names by the labels that the provider gives, each one label of the slug', () => {
    const found = [environment('production'), environment('staging')];
    expect(slugs(found)).toEqual(['production protected', 'staging']);
    expect(slugs([...found, environment('production', ['Web Site v1.2', 'production'])])).toEqual([
      'production protected',
      'staging',
      'web-site-v1-2.production protected',
    ]);
  });

  test('makes all environments with one selector one; ephemeral ones are not protected, under any name', () => {
    const preview = (name: string) => {
      const selector = { previews_of: ['c'] };
      return { ...environment(name, ['pr']), ephemeral: true, selector };
    };
    expect(slugs([preview('production-7'), preview('pr-8')])).toEqual(['pr']);
  });

  test.each([
    ['names that become the same slug', ['Pro Duct', 'pro-duct'], ['pro-duct protected', 'pro-duct-2 protected']],
    ['reserved names', ['shared', 'protected'], ['shared-2 protected', 'protected-2 protected']],
    ['names without a letter', ['***', '日本'], ['environment protected', 'environment-2 protected']],
    ['accents', ['Préproduction'], ['preproduction protected']],
  ])('keeps slugs apart and valid: %s', (_what, names, expected) => {
    expect(slugs(names.map((name, index) => ({ ...environment(name), selector: { ids: [`${index}`] } })))).toEqual(
      expected,
    );
  });

  test('does not take a slug that is there', () => {
    expect(slugs([environment('staging')], ['staging'])).toEqual(['staging-2']);
  });

  test.each(['staging', 'Dev', 'test', 'QA', 'preview', 'sandbox', 'ci', 'local', 'demo', 'staging-2', 'dev3'])(
    '%s is known not to be production',
    (name) => {
      expect(isNotProduction(name)).toBe(true);
    },
  );

  test.each([
    'production',
    'prod',
    'live',
    'main',
    'staging-eu-production',
    'testimonials',
    'developers',
    'dev.prod',
    '',
  ])('%s counts as production', (name) => {
    expect(isNotProduction(name)).toBe(false);
  });
});
