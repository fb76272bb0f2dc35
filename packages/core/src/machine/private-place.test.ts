import { describe, expect, test } from 'vitest';
import { makeFolders, problemOfFolderOf, problemOfPrivatePlace } from './private-place.ts';

const me = 1000;
const FILE = 0o100000;
const FOLDER = 0o040000;
const file = { what: 'The key file', path: '/somewhere/key', user: me };

describe('a file with secrets', () => {
  test.each([
    [me, FILE | 0o600],
    [me, FILE | 0o400],
    [0, FILE | 0o600],
    [me, FOLDER | 0o700],
  ])('is safe with user %i and mode %o', (uid, mode) => {
    expect(problemOfPrivatePlace({ uid, mode }, file)).toBeUndefined();
  });

  test('is refused when it belongs to another user, also by root', () => {
    const found = { uid: 1001, mode: FILE | 0o600 };
    expect(problemOfPrivatePlace(found, file)).toBe(
      'The key file /somewhere/key belongs to another user (1001); make it yours: chown 1000 /somewhere/key',
    );
    expect(problemOfPrivatePlace(found, { ...file, user: 0 })).toContain('belongs to another user');
  });

  test.each([0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o666, 0o755])('is refused with mode %o', (mode) => {
    expect(problemOfPrivatePlace({ uid: me, mode: FILE | mode }, file)).toContain(
      `(mode ${mode.toString(8)}); run: chmod 600 /somewhere/key`,
    );
    expect(problemOfPrivatePlace({ uid: me, mode: FOLDER | mode }, { ...file, path: '/data' })).toContain(
      `(mode ${mode.toString(8)}); run: chmod 700 /data`,
    );
  });

  test('has no owner and mode on Windows', () => {
    expect(problemOfPrivatePlace({ uid: 0, mode: FILE | 0o666 }, { ...file, user: undefined })).toBeUndefined();
  });
});

describe('the folder of a private file', () => {
  const folder = { path: '/somewhere', user: me };

  test.each([
    [me, 0o700],
    [me, 0o755],
    [0, 0o755],
    [0, 0o1777],
  ])('of user %i with mode %o is safe', (uid, mode) => {
    expect(problemOfFolderOf('the key file', { uid, mode }, folder)).toBeUndefined();
  });

  test.each([
    [1001, 0o700, 'belongs to another user (1001)'],
    [me, 0o775, 'run: chmod go-w /somewhere'],
    [me, 0o757, 'run: chmod go-w /somewhere'],
    [0, 0o777, 'run: chmod go-w /somewhere'],
  ])('of user %i with mode %o is refused', (uid, mode, wanted) => {
    expect(problemOfFolderOf('the key file', { uid, mode }, folder)).toContain(wanted);
  });
});

describe('folders', () => {
  /** Makes a file system that has these folders, and in which nothing can be made in `/proc`. */
  function systemWith(...there: string[]) {
    const folders = new Set(['/', '/proc', ...there]);
    const asked: string[] = [];
    const mkdir = async (path: string): Promise<void> => {
      asked.push(path);
      const parent = path.slice(0, path.lastIndexOf('/')) || '/';
      if (folders.has(path)) throw Object.assign(new Error(path), { code: 'EEXIST' });
      if (!folders.has(parent) || parent === '/proc') throw Object.assign(new Error(path), { code: 'ENOENT' });
      folders.add(path);
    };
    return { folders, asked, mkdir };
  }

  test('are made from the first that is missing', async () => {
    const system = systemWith('/a');
    await makeFolders('/a/b/c', system.mkdir);
    expect([...system.folders]).toEqual(['/', '/proc', '/a', '/a/b', '/a/b/c']);
    await makeFolders('/a/b/c', system.mkdir);
  });

  test('that cannot be made are given up', async () => {
    const system = systemWith();
    await expect(makeFolders('/proc/1/none', system.mkdir)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(system.asked.length).toBeLessThan(5);
  });
});
