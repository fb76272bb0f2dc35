import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { systemReason } from './system-error.ts';

const codeOf = (code: string) => Object.assign(new Error(`${code}: as the system says it`), { code });

test('why a file could not be used is said in words', async () => {
  const missing = await readFile('/nowhere/at all').catch((error: unknown) => error);
  expect(systemReason(missing)).toBe('there is no such file or folder');
  expect(systemReason(codeOf('ENOSPC'))).toBe('the disk is full');
});

test('where there are no words for it, the code stands for itself, and what has none says so', () => {
  expect(systemReason(codeOf('ELOOP'))).toBe('ELOOP');
  expect(systemReason(new Error('anything'))).toBe('no reason was given');
});
