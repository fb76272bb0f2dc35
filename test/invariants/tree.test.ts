import { expect, test } from 'vitest';
import { filesBelow, type SourceFile } from '../support/sources.ts';

/** Files that may be longer than 300 lines, and why. */
const mayBeLong: Readonly<Record<string, string>> = {
  LICENSE: 'the standard text',
  'packages/store/src/index.ts': 'the list of what the package gives, a name a line',
};

const text = /\.(ts|tsx|mjs|js|json|md|ya?ml|sql|sh|css|html|toml)$|(^|\/)(run|Dockerfile|LICENSE|\.[\w-]+)$/;
const tree = filesBelow('.').filter(({ path }) => text.test(path));
const code = tree.filter(({ path }) => /\.(ts|tsx|mjs|js)$/.test(path));

/** Where `pattern` occurs in `files`, as `path:line`. */
function places(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text: content }) =>
    content.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

test('the tree is read', () => {
  expect(code.length).toBeGreaterThan(20);
});

test("no file names a folder of somebody's machine", () => {
  const machine = new RegExp(
    ['work', 'root', 'home', 'Users'].map((name) => `(^|[\\s'"\`(=:])/${name}/[\\w.-]+`).join('|'),
  );
  expect(places(tree, machine)).toEqual([]);
});

test('no file names a package registry or mirror', () => {
  const registry = new RegExp(
    ['registry\\.[a-z0-9-]+\\.[a-z]', 'npm\\.pkg\\.', 'artifactory', 'nexus\\.', '_authToken'].join('|'),
    'i',
  );
  const self = 'test/invariants/tree.test.ts';
  expect(
    places(
      tree.filter(({ path }) => path !== self),
      registry,
    ),
  ).toEqual([]);
});

test('nothing is left for later, and no test is left out or preferred', () => {
  const later = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].map((word) => `\\b${word}\\b`).join('|'));
  expect(places(tree, later)).toEqual([]);
  const chosen = /\b(test|it|describe|suite)(\.\w+)*\.(only|skip|skipIf|runIf|todo|fails)\b/;
  expect(places(code, chosen)).toEqual([]);
});

test('no file is longer than 300 lines without a reason', () => {
  const long = tree
    .filter(({ path }) => !path.endsWith('.json') && !path.endsWith('.sql'))
    .filter(({ text: content }) => content.split('\n').length > 301)
    .map(({ path }) => path);
  expect(long.filter((path) => !Object.hasOwn(mayBeLong, path))).toEqual([]);
});
