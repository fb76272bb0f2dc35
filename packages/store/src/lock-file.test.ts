import { mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeLock } from './lock-file.ts';

const now = Date.now;

function freshPath(): string {
  return join(mkdtempSync(join(tmpdir(), 'writ-lock-')), 'writ.lock');
}

function held(path: string, holder: object): void {
  writeFileSync(path, JSON.stringify(holder));
}

test('a folder is held until it is released, and the refusal names process and folder', () => {
  const path = freshPath();
  const release = takeLock(path, { now });
  expect(() => takeLock(path, { now })).toThrow(
    new RegExp(`${path.replace('/writ.lock', '')} is in use by process ${process.pid}\\.`),
  );
  release();
  takeLock(path, { now })();
});

test('the lock of a process that has died is taken over', () => {
  const path = freshPath();
  held(path, { pid: 2 ** 22 + 1, started: '1', host: hostname() });
  const release = takeLock(path, { now });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
  release();
});

test('a process id that another process has by now does not hold the lock', () => {
  const path = freshPath();
  held(path, { pid: process.pid, started: '1', host: hostname() });
  takeLock(path, { now })();
});

test('a lock from another host holds while it is kept fresh, and no longer', () => {
  const path = freshPath();
  held(path, { pid: process.pid, started: '1', host: 'another-container' });
  expect(() => takeLock(path, { now })).toThrow(/in use by process \d+ on another-container/);
  const longAgo = Date.now() / 1000 - 60;
  utimesSync(path, longAgo, longAgo);
  takeLock(path, { now })();
});

test('a lock that is being written holds; one that was never finished does not for ever', () => {
  const path = freshPath();
  writeFileSync(path, '');
  expect(() => takeLock(path, { now })).toThrow(/in use by another process/);
  const longAgo = Date.now() / 1000 - 60;
  utimesSync(path, longAgo, longAgo);
  takeLock(path, { now })();
});

test('a release leaves another holder alone', () => {
  const path = freshPath();
  const release = takeLock(path, { now });
  held(path, { pid: 1, started: '1', host: 'another' });
  release();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ host: 'another' });
});
