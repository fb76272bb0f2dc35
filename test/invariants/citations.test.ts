import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow, headingsOf, root, type SourceFile } from '../support/sources.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const self = 'test/invariants/citations.test.ts';
const tree = filesBelow('.', ['.ts', '.mjs', '.md', '.sql', '.yml', '.yaml', '.sh']).filter(
  ({ path }) => path !== self,
);

/** The first numbers of the rows of a document's tables. */
const rowsOf = (path: string): ReadonlySet<string> =>
  new Set([...read(path).matchAll(/^\| (\d+) \|/gm)].map(([, number = '']) => number));

/** Every number of a citation such as `rows 1 to 4 and 28`. */
const numbersIn = (text: string): string[] => text.match(/\d+/g) ?? [];

/** What the files cite in a pattern's first group and `leads` says leads nowhere, as `path: citation`. */
function broken(files: readonly SourceFile[], pattern: RegExp, leads: (cited: string) => boolean): string[] {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)]
      .filter(([, cited = '']) => !leads(cited))
      .map(([whole]) => `${path}: ${whole.replace(/\s+/g, ' ')}`),
  );
}

const ANCHOR = /\bmodel#([\w-]*)/g;
const INVARIANT = /\binvariants? (\d+(?:(?:, | and | to )\d+)*)/gi;
const ROW = /\brows? (\d+(?:(?:, | and | to )\d+)*)(?: of the attack list)?/gi;

test('every citation of the model is of one of its headings', () => {
  const headings = headingsOf(read('docs/model.md'));
  expect(headings).toContain('directory-field');
  expect(new Set(headings).size, 'a heading stands twice').toBe(headings.length);
  expect(broken(tree, ANCHOR, (anchor) => headings.includes(anchor))).toEqual([]);
  expect(tree.filter(({ text }) => text.match(ANCHOR)).length).toBeGreaterThan(50);
});

test('every invariant that is cited by its number is one of ARCHITECTURE.md', () => {
  const invariants = rowsOf('ARCHITECTURE.md');
  expect(broken(tree, INVARIANT, (cited) => numbersIn(cited).every((number) => invariants.has(number)))).toEqual([]);
});

test('every row of the attack list that a test names is in it', () => {
  const attacks = filesBelow('test/attacks', ['.ts']).concat(filesBelow('test/stories', ['.ts']));
  const rows = rowsOf('test/attacks/README.md');
  expect(broken(attacks, ROW, (cited) => numbersIn(cited).every((number) => rows.has(number)))).toEqual([]);
});

describe('what the tree cites is in the tree', () => {
  test('every page that a comment of the code names exists', () => {
    const missing = tree
      .filter(({ path }) => /\.(?:ts|mjs)$/.test(path))
      .flatMap(({ path, text }) => {
        const comments = text.match(/\/\*[\s\S]*?\*\/|^ *\/\/.*$/gm) ?? [];
        const named = comments.flatMap((comment) => comment.match(/(?<![\w./-])[\w./-]+\.md\b/g) ?? []);
        const there = (page: string): boolean =>
          [root, join(root, dirname(path))].some((folder) => existsSync(join(folder, page)));
        return named.filter((page) => !there(page)).map((page) => `${path}: ${page}`);
      });
    expect(missing).toEqual([]);
  });

  test('nothing cites a book by the numbers of its sections but an RFC or another published standard', () => {
    const book =
      /\b(?:DESIGN\b|(?:[Dd]esign|[Ss]tandards?|[Rr]eference|[Pp]roviders|[Hh]arnesses|[Ss]tyle|[Tt]oolchain)(?:\.md)?:? \d)|\breference\//g;
    const found = tree.flatMap(({ path, text }) => (text.match(book) ?? []).map((cited) => `${path}: ${cited}`));
    expect(found).toEqual([]);
  });
});
