/** What a person waits for: the JavaScript of the first screen, and of any page that is opened first. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/sources.ts';

/** One file of the build, as Vite's manifest tells it: what is loaded with it, and what only later. */
interface Chunk {
  readonly file: string;
  readonly src?: string;
  readonly imports?: readonly string[];
  readonly isEntry?: boolean;
  readonly dynamicImports?: readonly string[];
}

const page = join(root, 'apps', 'web', 'dist', 'page');
const chunks: Readonly<Record<string, Chunk>> = JSON.parse(readFileSync(join(page, '.vite', 'manifest.json'), 'utf8'));
const kilobytes = 1_000;

/** The names of everything that must be there before these run. */
function loadedWith(names: readonly string[], found = new Set<string>()): ReadonlySet<string> {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    loadedWith(chunks[name]?.imports ?? [], found);
  }
  return found;
}

/** The size of these files as they are sent. */
function sent(names: ReadonlySet<string>): number {
  const files = [...names].map((name) => chunks[name]?.file ?? '').filter((file) => file.endsWith('.js'));
  return files.reduce((sum, file) => sum + statSync(join(page, `${file}.br`)).size, 0);
}

const entry = Object.keys(chunks).filter((name) => chunks[name]?.isEntry);

test('the sign-in page is less than 180 kB of JavaScript', () => {
  expect(entry).toHaveLength(1);
  expect(sent(loadedWith(entry))).toBeLessThan(180 * kilobytes);
});

test('any page that is opened first is less than 250 kB', () => {
  const frame = Object.keys(chunks).filter((name) => name.endsWith('shell/inside.tsx'));
  // Those that an address opens; what a page itself loads later is not waited for.
  const pages = entry
    .flatMap((name) => chunks[name]?.dynamicImports ?? [])
    .filter((name) => name.includes('src/pages/'));
  expect(frame).toHaveLength(1);
  expect(pages.length).toBeGreaterThan(5);
  const sizes = pages.map((name) => [name, sent(loadedWith([...entry, ...frame, name]))] as const);
  expect(sizes.filter(([, size]) => size >= 250 * kilobytes)).toEqual([]);
});
