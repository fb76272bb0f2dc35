import { describe, expect, test } from 'vitest';
import { programs } from '../../tools/bundle.ts';
import { filesBelow, productSources, type SourceFile, specifiersOf, withoutComments } from '../support/sources.ts';

/** What each package of the workspace may import of the others. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  api: ['core'],
  vault: ['core'],
  tokens: ['core'],
  providers: ['core'],
  store: ['core'],
  gateway: ['core', 'vault', 'tokens', 'providers'],
  broker: ['core', 'api', 'vault', 'tokens', 'providers', 'gateway', 'store'],
  server: ['core', 'api', 'vault', 'tokens', 'providers', 'gateway', 'store', 'broker'],
  cli: ['core', 'api'],
  action: ['core'],
  web: ['core', 'api'],
};

/** Libraries that one package alone imports. */
const owners: Readonly<Record<string, string>> = {
  jose: 'tokens',
  'drizzle-orm': 'store',
  postgres: 'store',
  '@electric-sql/pglite': 'store',
  hono: 'server',
  '@hono/node-server': 'server',
  graphql: 'providers',
  commander: 'cli',
  '@simplewebauthn/server': 'broker',
};

/** The only files that may make a value of the pipeline. */
const makers: Readonly<Record<string, readonly string[]>> = {
  '@writ/core/authorize': ['packages/broker/src/record/authorize.ts'],
  '@writ/core/steps': ['canonicalise', 'classify', 'resolve'].map((step) => `packages/gateway/src/judge/${step}.ts`),
};

/** What one file of the gateway takes from `@writ/core/steps`: its own step's maker and no other's. */
const ownMaker: Readonly<Record<string, RegExp>> = {
  'packages/gateway/src/judge/canonicalise.ts': /canonical/i,
  'packages/gateway/src/judge/classify.ts': /classif/i,
  'packages/gateway/src/judge/resolve.ts': /resolv/i,
};

/** Where packages may use the clock, randomness or the network themselves. Elsewhere they are arguments. */
const ambientAllowed: Readonly<Record<string, string>> = {};

const sources = productSources();
const packageOf = (path: string): string => path.split('/')[1] ?? '';
const libraryOf = (name: string): string =>
  name.startsWith('@') ? name.split('/', 2).join('/') : (name.split('/')[0] ?? '');

/** Every (file, specifier) of the product that `isWrong`, as lines for a readable failure. */
function offences(isWrong: (file: SourceFile, specifier: string) => boolean): string[] {
  return sources.flatMap((file) =>
    specifiersOf(file.text)
      .filter((specifier) => isWrong(file, specifier))
      .map((specifier) => `${file.path} imports ${specifier}`),
  );
}

function filesMatching(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(withoutComments(file.text))).map((file) => file.path);
}

test('the scanner sees every way to import', () => {
  const text = [
    "import 'a';",
    "import { x } from 'b';",
    "export * from 'c';",
    "await import('d');",
    'import type {\n  Y,\n} from "e";',
    "// import 'no';",
    "/* from 'no' */",
    "const glob = 'a/*:read';",
    "import 'f'; const other = 'b/*';",
  ].join('\n');
  expect(specifiersOf(text)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(sources.length).toBeGreaterThan(10);
});

describe('arrows point inward', () => {
  const isForeign = (from: string, name: string): boolean =>
    name.startsWith('@writ/') && !(arrows[from] ?? []).includes(name.split('/')[1] ?? '');

  test('in every import', () => {
    expect(offences(({ path }, specifier) => isForeign(packageOf(path), specifier))).toEqual([]);
  });

  test('in every package.json', () => {
    const manifests = ['packages', 'apps'].flatMap((folder) => filesBelow(folder, ['/package.json']));
    expect(manifests.length).toBeGreaterThanOrEqual(10);
    // What stays outside of a program's one file is looked for beside that file.
    const isBeside = (path: string, name: string): boolean =>
      path === 'apps/server/package.json' && (programs.server.external as string[]).includes(name);
    const isOwn = (path: string, name: string): boolean => (owners[name] ?? packageOf(path)) === packageOf(path);
    const wrong = manifests.flatMap(({ path, text }) =>
      dependenciesOf(text)
        .filter((name) => isForeign(packageOf(path), name) || !(isOwn(path, name) || isBeside(path, name)))
        .map((name) => `${path} depends on ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('no file reaches into another package past its index', () => {
    const isDeep = ({ path }: SourceFile, specifier: string): boolean =>
      (/^@writ\/[^/]+\//.test(specifier) && !Object.hasOwn(makers, specifier)) ||
      (specifier.startsWith('.') && leavesPackage(path, specifier));
    expect(offences(isDeep)).toEqual([]);
  });
});

test('a room of the admin UI imports no other room', () => {
  const pages = '/apps/web/src/pages/';
  const roomOf = (path: string): string | undefined =>
    path.startsWith(pages) ? path.slice(pages.length).split('/')[0] : undefined;
  const isOther = ({ path }: SourceFile, specifier: string): boolean => {
    const from = roomOf(`/${path}`);
    const to = specifier.startsWith('.') ? roomOf(new URL(specifier, `file:///${path}`).pathname) : undefined;
    return from !== undefined && to !== undefined && from !== to;
  };
  expect(new Set(sources.flatMap(({ path }) => roomOf(`/${path}`) ?? [])).size).toBeGreaterThan(5);
  expect(offences(isOther)).toEqual([]);
});

test('each of jose, drizzle, the database drivers, hono, graphql and commander has one package that imports it', () => {
  const isWrong = ({ path }: SourceFile, specifier: string): boolean => {
    const owner = owners[libraryOf(specifier)];
    return owner !== undefined && owner !== packageOf(path);
  };
  expect(offences(isWrong)).toEqual([]);
});

test('only the file of a step makes the value of that step', () => {
  const isWrong = ({ path }: SourceFile, specifier: string): boolean =>
    Object.hasOwn(makers, specifier) && !makers[specifier]?.includes(path);
  expect(offences(isWrong)).toEqual([]);
  for (const [path, own] of Object.entries(ownMaker)) {
    const file = sources.find((source) => source.path === path);
    const names = file ? namesTaken(file.text, '@writ/core/steps') : [];
    expect(names.filter((name) => !own.test(name))).toEqual([]);
  }
});

test('the environment is read in one file of each app and in no package', () => {
  const readers = filesMatching(
    sources,
    /\bprocess\s*\.\s*env\b|\bprocess\s*\[\s*['"]env|\benv\b[^;]*from\s*['"](node:)?process['"]/,
  );
  expect(readers.filter((path) => !/^apps\/(server|cli|action)\/src\/config\.ts$/.test(path))).toEqual([]);
});

test('time, randomness and the network reach a package as arguments', () => {
  const found = sources.filter(({ text }) => isAmbient(withoutComments(text))).map(({ path }) => path);
  const inPackages = found.filter((path) => path.startsWith('packages/'));
  expect(inPackages.filter((path) => !Object.hasOwn(ambientAllowed, path))).toEqual([]);
  expect(Object.keys(ambientAllowed).filter((path) => !found.includes(path))).toEqual([]);
});

test('the scanner tells a function that was given from one that was taken', () => {
  const taken = [
    'Date.now()',
    'new Date()',
    'Math.random()',
    'crypto.randomUUID()',
    "import { createHash, randomBytes } from 'node:crypto';",
    'await fetch(url)',
    'globalThis.fetch',
  ];
  const given = [
    'source.now',
    'source.randomBytes(16)',
    'new Date(row.at)',
    'ctx.fetch(url)',
    "import { createHash } from 'node:crypto';",
  ];
  expect(taken.filter((text) => !isAmbient(text))).toEqual([]);
  expect(given.filter(isAmbient)).toEqual([]);
});

function isAmbient(text: string): boolean {
  const used =
    /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bcrypto\.(random|getRandom)|(?<![.\w])fetch\(|\bglobalThis\.fetch\b/;
  const imported = /import\s*\{[^}]*\b(random\w+|getRandomValues|webcrypto)\b[^}]*\}\s*from\s*['"](node:)?crypto['"]/;
  return used.test(text) || imported.test(text);
}

function dependenciesOf(manifest: string): string[] {
  const parsed: { dependencies?: Record<string, string>; optionalDependencies?: Record<string, string> } =
    JSON.parse(manifest);
  return Object.keys({ ...parsed.dependencies, ...parsed.optionalDependencies });
}

function leavesPackage(path: string, specifier: string): boolean {
  const home = path.split('/').slice(0, 2).join('/');
  return !new URL(specifier, `file:///${path}`).pathname.startsWith(`/${home}/`);
}

/** The values (not the types) that a file imports from a module, by their exported names. */
function namesTaken(text: string, module: string): string[] {
  const pattern = new RegExp(`import\\s*\\{([^}]*)\\}\\s*from\\s*['"]${module}['"]`, 'g');
  return [...withoutComments(text).matchAll(pattern)]
    .flatMap((match) => (match[1] ?? '').split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '));
}
