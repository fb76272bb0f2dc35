import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** One file of the tree. */
export interface SourceFile {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

const notOurs = new Set(['node_modules', 'dist', '.git', '.setup.lock', 'pnpm-lock.yaml', 'coverage']);

/** Every file below `folder` (from the root) whose name ends in one of `endings`; every file when there are none. */
export function filesBelow(folder: string, endings: readonly string[] = ['']): SourceFile[] {
  const start = join(root, folder);
  return [...walk(start)]
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => ({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }));
}

/** The product's TypeScript, without its tests. */
export function productSources(): SourceFile[] {
  const files = ['packages', 'apps'].flatMap((folder) => filesBelow(folder, ['.ts', '.tsx']));
  return files.filter(({ path }) => path.includes('/src/') && !/\.test\.tsx?$/.test(path));
}

/** The source without its comments: what is left is what runs. Strings are kept, since a glob can look like a comment. */
export function withoutComments(text: string): string {
  const token = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return text.replace(token, (_whole, literal: string | undefined) => literal ?? '');
}

/** What a file imports, re-exports or loads: each module specifier as written. */
export function specifiersOf(text: string): string[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/g;
  return [...withoutComments(text).matchAll(pattern)].map((match) => match[2] ?? '');
}

/** The names by which the headings of a document are linked to, as GitHub makes them. */
export function headingsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map((match) => (match[1] ?? '').toLowerCase());
  return headings.map((heading) => heading.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
}

function* walk(folder: string): Generator<string> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (notOurs.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}
