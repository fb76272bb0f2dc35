import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow, headingsOf, root } from '../support/sources.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const documents = ['*.md', 'docs/*.md', 'apps/*/README.md', 'test/*/README.md'].flatMap((pattern) =>
  globSync(pattern, { cwd: root }),
);

/** Paths that a text names, below one of the tree's own folders; patterns and what is built are passed over. */
function pathsIn(text: string): string[] {
  const named = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] ?? '');
  return named.filter(
    (path) => /^(?:apps|docs|packages|test|drizzle|tools)\//.test(path) && !/[*{<]|\/dist\//.test(path),
  );
}

/** Links to files of the tree and to headings, as `[path, heading]`. */
function linksIn(text: string): (readonly [path: string, heading: string])[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', heading = ''] = link.split('#');
      return [path, heading];
    });
}

describe.each(documents)('%s', (document) => {
  const text = read(document);

  test('names only paths and headings that exist', () => {
    expect(pathsIn(text).filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const broken = linksIn(text).filter(([path, heading]) => {
      const target = path === '' ? document : join(dirname(document), path);
      return !existsSync(join(root, target)) || (heading !== '' && !headingsOf(read(target)).includes(heading));
    });
    expect(broken).toEqual([]);
  });

  test('names only tasks that npm has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    const named = [...text.matchAll(/(?:^|`)npm (?:run )?([a-z][a-z:]*)/gm)].map(([, name]) => name);
    expect(named.filter((name = '') => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

test('comments of the code name only paths that exist', () => {
  const files = ['apps', 'packages', 'test', 'tools'].flatMap((folder) => filesBelow(folder, ['.ts', '.mjs']));
  const missing = files.flatMap(({ path: file, text }) => {
    const comments = text.match(/\/\*[\s\S]*?\*\/|^ *\/\/.*$/gm) ?? [];
    const named = comments.flatMap(pathsIn).filter((path) => !existsSync(join(root, path)));
    return named.map((path) => `${file}: ${path}`);
  });
  expect(missing).toEqual([]);
});

test('every setting of the broker is told by README.md and by `writ serve --help`', () => {
  const [, table = ''] = /^const settings = \{\n([\s\S]*?)^\}/m.exec(read('apps/server/src/config.ts')) ?? [];
  const settings = [...table.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name);
  expect(settings).toContain('WRIT_PORT');
  for (const document of ['README.md', 'apps/cli/src/commands/serve/serve.ts']) {
    const text = read(document);
    expect(
      settings.filter((name) => !text.includes(name)),
      document,
    ).toEqual([]);
  }
});

test('every invariant of ARCHITECTURE.md is linked to a test that exists', () => {
  const rows = read('ARCHITECTURE.md')
    .split('\n')
    .filter((line) => /^\| \d+ \|/.test(line));
  expect(rows.map((row) => Number(row.split('|')[1]))).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
  for (const row of rows) expect(pathsIn(row).length, row).toBeGreaterThan(0);
});
