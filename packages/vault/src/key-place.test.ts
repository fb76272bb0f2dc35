import { describe, expect, test } from 'vitest';
import { problemOfFile, problemOfFolder } from './key-place.ts';

const path = '/somewhere/key';
const isFile = (): boolean => true;
const me = 1000;

describe('a key file', () => {
  test.each([
    [me, 0o600],
    [me, 0o400],
    [0, 0o600],
  ])('of user %i with mode %o is safe', (uid, mode) => {
    expect(problemOfFile({ uid, mode, isFile }, { path, user: me })).toBeUndefined();
  });

  test('of another user is refused', () => {
    const problem = problemOfFile({ uid: 1001, mode: 0o600, isFile }, { path, user: me });
    expect(problem).toBe(
      'The key file /somewhere/key belongs to another user (1001); make it yours: chown 1000 /somewhere/key',
    );
    expect(problemOfFile({ uid: 1001, mode: 0o600, isFile }, { path, user: 0 })).toContain('belongs to another user');
  });

  test.each([0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o666])('with mode %o is refused', (mode) => {
    expect(problemOfFile({ uid: me, mode, isFile }, { path, user: me })).toContain(`(mode ${mode.toString(8)})`);
  });

  test('that is none is refused, and on Windows nothing else', () => {
    expect(problemOfFile({ uid: me, mode: 0o600, isFile: () => false }, { path, user: undefined })).toContain(
      'is not a file',
    );
    expect(problemOfFile({ uid: 0, mode: 0o666, isFile }, { path, user: undefined })).toBeUndefined();
  });
});

describe('its folder', () => {
  test.each([
    [me, 0o700],
    [me, 0o755],
    [0, 0o755],
    [0, 0o1777],
  ])('of user %i with mode %o is safe', (uid, mode) => {
    expect(problemOfFolder({ uid, mode }, { path, user: me })).toBeUndefined();
  });

  test.each([
    [1001, 0o700, 'belongs to another user (1001)'],
    [me, 0o775, 'run: chmod go-w /somewhere/key'],
    [me, 0o757, 'run: chmod go-w /somewhere/key'],
    [0, 0o777, 'run: chmod go-w /somewhere/key'],
  ])('of user %i with mode %o is refused', (uid, mode, wanted) => {
    expect(problemOfFolder({ uid, mode }, { path, user: me })).toContain(wanted);
  });
});
