/** Nothing outside a provider's folder knows it: another provider moves in by a folder of its own and one line in the registry. */
import { PROVIDERS, type Provider } from '@writ/providers';
import { describe, expect, test } from 'vitest';
import { filesBelow, productSources, withoutComments } from '../support/sources.ts';

/** Files that may say a word of a provider, and why. */
const mayName: Readonly<Record<string, string>> = {
  'packages/providers/src/registry.ts': 'the one line by which a provider is known',
};

const sources = [...productSources(), ...filesBelow('tools'), ...filesBelow('drizzle')];

/** What a provider is called, and what it alone calls things: its hosts, credentials, selectors, headers and paths. */
function wordsOf(provider: Provider): readonly string[] {
  const { id, title, hosts, envVars, credentialKinds, selectors, tokenHeaders, example } = provider;
  const kinds = credentialKinds.map(({ kind }) => kind);
  const fields = selectors.fields.map(({ name }) => name);
  return [
    id,
    title,
    ...hosts,
    ...envVars.token,
    ...envVars.baseUrl,
    ...kinds,
    ...fields,
    ...tokenHeaders,
    example.path,
  ];
}

/** Names of its operations that are no plain word. Comments may take one as an example. */
function operationsOf({ operations }: Provider): readonly string[] {
  return [...new Set(operations.flatMap(({ name }) => name.split('.')))].filter((name) => /^[a-z]+[A-Z]/.test(name));
}

function anyOf(words: readonly string[], flags = ''): RegExp {
  const escaped = words.map((word) => word.replace(/[^\w]/g, '\\$&'));
  return new RegExp(`(?<![\\w-])(?:${escaped.join('|')})(?![\\w-])`, flags);
}

function places(provider: Provider, pattern: RegExp, read: (text: string) => string): string[] {
  const own = [`packages/providers/src/${provider.id}/`];
  return sources
    .filter(({ path }) => !own.some((folder) => path.startsWith(folder)) && !Object.hasOwn(mayName, path))
    .flatMap(({ path, text }) => {
      const found = pattern.exec(read(text));
      return found === null ? [] : [`${path}: ${found[0]}`];
    });
}

test('sources are read, and every exception still has its reason', () => {
  expect(sources.length).toBeGreaterThan(300);
  const named = new RegExp(PROVIDERS.map(({ id }) => id).join('|'));
  for (const path of Object.keys(mayName)) expect(sources.find((file) => file.path === path)?.text).toMatch(named);
});

describe.each(PROVIDERS.map((provider) => [provider.id, provider] as const))('%s', (_id, provider) => {
  test('is named nowhere outside its folder, not in a comment either', () => {
    expect(places(provider, anyOf(wordsOf(provider), 'i'), (text) => text)).toEqual([]);
  });

  test('has no operation that code outside its folder knows by name', () => {
    expect(places(provider, anyOf(operationsOf(provider)), withoutComments)).toEqual([]);
  });
});
