import { expect, test } from 'vitest';
import { type ModuleFile, readProgram } from '../support/modules.ts';
import { filesBelow } from '../support/sources.ts';

/** Code that nothing reaches yet, and what will. A name covers what only that name reaches. */
const mayWait: Readonly<Record<string, string>> = {
  'packages/tokens/src/exchange/insufficient.ts#insufficientAuthorizationDetails':
    'the answer to whoever may ask for approval',
};

const isTest = (path: string): boolean => /\.test\.ts$|\/test\/|^test\//.test(path);
const modules = readProgram(
  ['packages', 'apps', 'test', 'tools'].flatMap((folder) => filesBelow(folder, ['.ts', '.tsx'])),
);
const all = [...modules.values()];
const product = all.filter(({ path }) => /\/src\//.test(path) && !isTest(path));
/** The product, and the tools by which it is built and its catalogs are made. */
const workings = all.filter(({ path }) => !isTest(path));
/** Files that are run: the programs themselves, and tools. */
const run = workings.filter(({ path }) => /^apps\/\w+\/src\/(main|post)\.tsx?$|(^|\/)tools\//.test(path));

/** The ids that are used once these files are run, and `waiting` counts as used. */
function reached(waiting: readonly string[]): ReadonlySet<string> {
  const ids = new Set<string>();
  const loaded = new Set<string>();
  const open: string[] = [...waiting];
  const load = (path: string): void => {
    const file = modules.get(path);
    if (file === undefined || loaded.has(path)) return;
    loaded.add(path);
    open.push(...file.runs);
    file.loads.forEach(load);
  };
  for (const { path } of run) load(path);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (ids.has(id)) continue;
    ids.add(id);
    const [path = '', name = ''] = id.split('#');
    load(path);
    open.push(...(modules.get(path)?.declares.get(name) ?? []));
  }
  return ids;
}

/** The ids that any of the files names, but for those of its own. */
function namedFromOutside(files: readonly ModuleFile[]): ReadonlySet<string> {
  return new Set(files.flatMap(({ path, names }) => [...names].filter((id) => !id.startsWith(`${path}#`))));
}

const idsOf = ({ path, declares }: ModuleFile): string[] => [...declares.keys()].map((name) => `${path}#${name}`);

test('the programs are found, and names are followed through indexes, namespaces and files', () => {
  expect(run.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['apps/cli/src/main.ts', 'apps/server/src/main.ts', 'apps/web/src/main.tsx']),
  );
  expect(product.length).toBeGreaterThan(400);
  const ids = reached([]);
  expect(ids.size).toBeGreaterThan(2000);
  expect(ids.has('packages/core/src/decide/decide.ts#decide')).toBe(true);
});

test('no code is reached by tests alone', () => {
  const ids = reached(Object.keys(mayWait));
  expect(product.flatMap(idsOf).filter((id) => !ids.has(id))).toEqual([]);
  const before = reached([]);
  expect(Object.keys(mayWait).filter((id) => before.has(id) || !ids.has(id))).toEqual([]);
});

test('nothing is exported that no other file uses, but for the types of what is', () => {
  const used = namedFromOutside(all);
  const unused = product.flatMap(({ path, exports, declares, types }) => {
    const own = [...exports].filter(([, id]) => id.startsWith(`${path}#`)).map(([name]) => name);
    const needed = new Set(own.flatMap((name) => [...(declares.get(name) ?? [])]));
    const isUsed = (name: string): boolean => used.has(`${path}#${name}`) || Object.hasOwn(mayWait, `${path}#${name}`);
    return own
      .filter((name) => !isUsed(name) && !(types.has(name) && needed.has(`${path}#${name}`)))
      .map((name) => `${path}#${name}`);
  });
  expect(unused).toEqual([]);
});

test("a package's index exports by name, and only what another package uses", () => {
  const indexes = product.filter(({ path }) => /^packages\/\w+\/src\/index\.ts$/.test(path));
  expect(indexes.filter(({ hasStar }) => hasStar).map(({ path }) => path)).toEqual([]);
  const taken = new Set(workings.flatMap(({ takes }) => [...takes]));
  const unused = indexes.flatMap(({ path, exports }) => {
    const name = `@writ/${path.split('/')[1]}`;
    const isTaken = (entry: string): boolean => taken.has(`${name}#${entry}`) || taken.has(`${name}#*`);
    const isUnused = ([entry, id]: readonly [string, string]): boolean =>
      !isTaken(entry) && !Object.hasOwn(mayWait, id);
    return [...exports].filter(isUnused).map(([entry]) => `${name}: ${entry}`);
  });
  expect(unused).toEqual([]);
});
