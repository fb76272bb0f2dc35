/** No import goes in a circle, types included: not between files, and not between what stands side by side in any folder. */
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { productSources, type SourceFile, specifiersOf } from '../support/sources.ts';

/** What imports what, by path. */
type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** The imports between files of one package. */
function fileGraph(sources: readonly SourceFile[]): Graph {
  const paths = new Set(sources.map(({ path }) => path));
  return new Map(
    sources.map(({ path, text }) => {
      const imported = specifiersOf(text).map((specifier) => join(dirname(path), specifier));
      return [path, new Set(imported.filter((other) => paths.has(other)))];
    }),
  );
}

/**
 * One graph for each folder, of the files and folders in it: an import stands for one between the two neighbours that it leads from and
 * to, wherever below them it is.
 */
function neighbourGraphs(files: Graph): ReadonlyMap<string, Graph> {
  const folders = new Map<string, Map<string, Set<string>>>();
  for (const [from, imported] of files) {
    for (const to of imported) {
      const [a, b] = [from.split('/'), to.split('/')];
      const depth = a.findIndex((part, at) => part !== b[at]);
      if (depth === -1) continue;
      const folder = a.slice(0, depth).join('/');
      const graph = folders.get(folder) ?? new Map<string, Set<string>>();
      folders.set(folder, graph);
      const name = a[depth] ?? '';
      graph.set(name, (graph.get(name) ?? new Set()).add(b[depth] ?? ''));
    }
  }
  return folders;
}

/** One circle of a graph as it is gone round, its first member again at the end; undefined where there is none. */
function circleIn(graph: Graph): string[] | undefined {
  const done = new Set<string>();
  const walk = (at: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at];
    if (done.has(at)) return undefined;
    for (const next of graph.get(at) ?? []) {
      const found = walk(next, [...way, at]);
      if (found !== undefined) return found;
    }
    done.add(at);
    return undefined;
  };
  for (const at of graph.keys()) {
    const found = walk(at, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

const files = fileGraph(productSources());

test('a circle is seen, also one of folders whose files have none', () => {
  const source = (path: string, ...imports: string[]): SourceFile => ({
    path,
    text: imports.map((name) => `import type { X } from '${name}';`).join('\n'),
  });
  const straight = [source('p/src/a/1.ts', '../b/1.ts'), source('p/src/b/1.ts', './2.ts'), source('p/src/b/2.ts')];
  expect(circleIn(fileGraph(straight))).toBeUndefined();
  const back = [
    source('p/src/a/1.ts', '../b/1.ts'),
    source('p/src/b/1.ts'),
    source('p/src/b/2.ts', '../a/2.ts'),
    source('p/src/a/2.ts'),
  ];
  expect(circleIn(fileGraph(back))).toBeUndefined();
  expect(circleIn(neighbourGraphs(fileGraph(back)).get('p/src') ?? new Map())).toEqual(['a', 'b', 'a']);
  const round = [source('p/src/1.ts', './2.ts'), source('p/src/2.ts', './1.ts')];
  expect(circleIn(fileGraph(round))).toEqual(['p/src/1.ts', 'p/src/2.ts', 'p/src/1.ts']);
  expect(files.size).toBeGreaterThan(300);
});

test('files do not import each other in a circle', () => {
  expect(circleIn(files)).toBeUndefined();
});

test('neither do the files and folders of any folder', () => {
  const circles = [...neighbourGraphs(files)].flatMap(([folder, graph]) => {
    const circle = circleIn(graph);
    return circle === undefined ? [] : [`${folder}: ${circle.join(' > ')}`];
  });
  expect(circles).toEqual([]);
});
