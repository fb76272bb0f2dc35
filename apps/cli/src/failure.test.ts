import { describe, expect, test } from 'vitest';
import { failureOf } from './failure.ts';

const fileError = (code: string, more: object) =>
  Object.assign(new Error(`${code}: as the system says it`), { code, ...more });

describe('what the machine refuses of a file is said in a sentence', () => {
  test.each([
    ['ENOENT', { path: '/b/c' }, '/b/c is not there.'],
    ['ENOSPC', { path: '/b/c', syscall: 'open' }, '/b/c could not be written: the disk is full.'],
    // While it is written, the error does not say which file it is.
    ['ENOSPC', { syscall: 'write' }, 'The file could not be written: the disk is full.'],
    ['EDQUOT', { syscall: 'write' }, 'The file could not be written: the disk is full for this user.'],
    ['EIO', { syscall: 'fsync' }, 'The file could not be written: the disk failed (EIO).'],
    ['ELOOP', { path: '/b/c' }, '/b/c cannot be used: ELOOP.'],
  ])('%s %o', (code, more, sentence) => {
    const failure = failureOf(fileError(code, more));
    expect([failure.exit, failure.message, failure.problem['code']]).toEqual([1, sentence, 'failed']);
  });

  test('but an error of anything else is not taken for one', () => {
    expect(failureOf(fileError('EBADF', { syscall: 'write' })).problem['code']).toBe('internal');
  });
});
