import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const documents = ['README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'CONTRIBUTING.md'];

/** Paths a document names: in backticks, below one of the tree's own folders. */
function pathsIn(text: string): string[] {
  const named = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] ?? '');
  return named.filter((path) => /^(?:apps|packages|test|drizzle|tools)\//.test(path) && !/[*{<]/.test(path));
}

/** Links to files of the tree. */
function linksIn(text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map((match) => match[1] ?? '');
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

describe.each(documents)('%s', (document) => {
  const text = readFileSync(join(root, document), 'utf8');

  test('names only paths that exist', () => {
    const missing = [...pathsIn(text), ...linksIn(text)].filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });
});

test('every invariant of ARCHITECTURE.md is linked to a test that exists', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const rows = text.split('\n').filter((line) => /^\| \d+ \|/.test(line));
  expect(rows.map((row) => Number(row.split('|')[1]))).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
  for (const row of rows) expect(pathsIn(row).length, row).toBeGreaterThan(0);
});
