import type { ProviderEnvironment } from '@writ/providers';
import { describe, expect, test } from 'vitest';
import { isNotProduction, planImport } from './naming.ts';

const environment = (name: string, project = 'Rentals', ephemeral = false): ProviderEnvironment => {
  const id = `e_${project}_${name}`;
  const container = { kind: 'project', id: `p_${project}`, name: project };
  const selector = ephemeral ? { ephemeral_of: [container.id] } : { environment_ids: [id] };
  return { id, name, ephemeral, container, selector };
};
const slugs = (found: readonly ProviderEnvironment[], single_project: boolean, taken: readonly string[] = []) =>
  planImport(found, { single_project, taken }).map(
    ({ slug, protected: isProtected }) => `${slug}${isProtected ? ' protected' : ''}`,
  );

describe('import', () => {
  test('names by environment in one project, by project and environment in several', () => {
    const found = [environment('production'), environment('staging')];
    expect(slugs(found, true)).toEqual(['production protected', 'staging']);
    expect(slugs([...found, environment('production', 'Web Site')], false)).toEqual([
      'rentals.production protected',
      'rentals.staging',
      'web-site.production protected',
    ]);
  });

  test('makes all ephemeral environments of a project one, which is not protected', () => {
    expect(slugs([environment('pr-7', 'Rentals', true), environment('pr-8', 'Rentals', true)], true)).toEqual(['pr']);
  });

  test.each([
    ['names that become the same slug', ['Pro Duct', 'pro-duct'], ['pro-duct protected', 'pro-duct-2 protected']],
    ['reserved names', ['shared', 'protected'], ['shared-2 protected', 'protected-2 protected']],
    ['names without a letter', ['***', '日本'], ['environment protected', 'environment-2 protected']],
    ['accents', ['Préproduction'], ['preproduction protected']],
  ])('keeps slugs apart and valid: %s', (_what, names, expected) => {
    expect(
      slugs(
        names.map((name) => environment(name)),
        true,
      ),
    ).toEqual(expected);
  });

  test('does not take a slug that is there', () => {
    expect(slugs([environment('staging')], true, ['staging'])).toEqual(['staging-2']);
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
