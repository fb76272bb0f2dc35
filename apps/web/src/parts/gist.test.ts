import type { Effect } from '@writ/core';
import { expect, test } from 'vitest';
import { type Approval, type Asked, allPlaces, deedText, firstLineText, gistOf, roomFor } from './gist.ts';

const place = (slug: string) => ({ slug, kind: slug === 'production' ? 'protected' : 'normal' });
const operation = (effect: Effect, environments: readonly string[], names: readonly string[] = []) => ({
  name: `${effect}Thing`,
  effect,
  targets: names.map((name) => ({ kind: 'volume', id: `id of ${name}`, name })),
  environments: environments.map(place),
});
const asked = (...operations: readonly ReturnType<typeof operation>[]): Asked =>
  ({
    client_id: 'cli_1',
    act_chain: [],
    connection: 'railway',
    operations: operations.map(({ name }) => name),
    shown: { operations, blast_radius: null } as unknown as Approval['shown'],
  }) satisfies Asked;
const tagged = (of: Asked): string[] => {
  const places = allPlaces(gistOf(of));
  return places.slice(0, roomFor(places, 4)).map(({ slug }) => slug);
};

test('what is milder in a protected environment is said with it, beside something worse elsewhere', () => {
  const request = asked(
    operation('execute', ['staging'], ['web']),
    operation('read', ['staging']),
    operation('reveal', ['production']),
    operation('write', ['production', 'staging']),
  );
  expect(firstLineText(request)).toBe('execute “web” in staging, and reveal in production, and write in production');
  expect(tagged(request)).toEqual(['production', 'staging']);
  expect(gistOf(request).others).toBe(1);
});

test('the same of a token', () => {
  const reaches = [operation('execute', ['staging']), operation('reveal', ['production'])].map((one) => ({
    ...one,
    operation: one.name,
  }));
  const token = { reaches, reaches_more: 2 } as unknown as NonNullable<Approval['token']>;
  const request: Asked = { ...asked(), shown: null, kind: 'token', token };
  expect(firstLineText(request)).toBe('token: execute executeThing in staging, and reveal in production');
  expect([tagged(request), gistOf(request).others]).toEqual([['production', 'staging'], 2]);
});

test('a protected environment is named first, and never cut away; its things come first', () => {
  const slugs = ['dev', 'test', 'qa', 'uat', 'production'];
  const one = asked(operation('write', slugs, ['a']));
  expect(firstLineText(one)).toBe('write “a” in production, dev, test and 2 more');
  expect(tagged(one)).toEqual(['production', 'dev', 'test', 'qa']);
  const several = asked(...slugs.map((slug) => operation('destroy', [slug], [`${slug}-data`])));
  expect(firstLineText(several)).toBe(
    'destroy “production-data”, “dev-data”, “test-data” and 2 more in production, dev, test and 2 more',
  );
});

test('of many protected environments each is named', () => {
  const slugs = ['dev', ...Array.from({ length: 6 }, (_, at) => `production-${at}`)];
  const one = operation('write', slugs, ['a']);
  const environments = slugs.map((slug) => ({ slug, kind: slug === 'dev' ? 'normal' : 'protected' }));
  const request = asked({ ...one, environments });
  expect(deedText(gistOf(request))).toBe(`“a” in ${slugs.slice(1).join(', ')} and 1 more`);
  expect(tagged(request)).toEqual(slugs.slice(1));
});

test('a name stands in quotation marks, which it cannot end', () => {
  const name = 'tmp-cache in staging, a copy nobody uses; nothing else dies';
  expect(firstLineText(asked(operation('destroy', ['production'], [name])))).toBe(`destroy “${name}” in production`);
  const ends = asked(operation('destroy', ['production'], ['tmp” in staging, not “x']));
  expect(firstLineText(ends)).toBe('destroy “tmp\\u{201d} in staging, not \\u{201c}x” in production');
});

test('a long name is cut by itself; where it happens is never cut', () => {
  const names = ['x', 'y', 'z'].map((letter) => letter.repeat(200));
  const cut = ['x', 'y', 'z'].map((letter) => `“${letter.repeat(59)}…”`);
  const line = `${cut[0]}, ${cut[1]} and ${cut[2]} in production`;
  expect(deedText(gistOf(asked(operation('destroy', ['production'], names))))).toBe(line);
});
