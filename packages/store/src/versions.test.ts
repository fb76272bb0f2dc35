import { expect, test } from 'vitest';
import { isNewer, minorOf, newerDatabase, versionOf } from './versions.ts';

test.each([
  ['-- version 0.2\ncreate table x ()', '0.2'],
  ['-- version 1.10\n-- More of it.', '1.10'],
  ['create table x ()', '0.1'],
  ['-- What it is for.\n-- version 0.2\n', '0.1'],
])('the first line of a migration says its minor version: %j', (text, version) => {
  expect(versionOf(text)).toBe(version);
});

test.each([
  ['0.2', '0.1', true],
  ['0.10', '0.9', true],
  ['1.0', '0.9', true],
  ['1.0', '1.0', false],
  ['0.9', '0.10', false],
  ['0.9', '1.0', false],
])('versions are compared as numbers: %s is newer than %s is %s', (one, other, newer) => {
  expect(isNewer(one, other)).toBe(newer);
});

test('the newest of all that migrated a database decides whether a release may use it', () => {
  const opening = { place: 'db at host', version: '0.2.5' };
  expect(minorOf(opening.version)).toBe('0.2');
  expect(newerDatabase([], opening)).toBeUndefined();
  expect(newerDatabase(['0.1', '0.2'], opening)).toBeUndefined();
  expect(newerDatabase(['0.1', '0.10', '0.3'], opening)?.message).toMatch(
    /db at host belongs to Writ 0\.10 now.*Writ 0\.2\.5/,
  );
});
