import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePlace } from '../../../test/support/store.ts';
import { openEmbedded } from './embedded-driver.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'writ-folder-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const open = (folder: string) => openEmbedded(folder, { now: Date.now, onLost: () => undefined });

describe('a data folder is refused with a sentence, and nothing is put into it, when', () => {
  test.each([0o755, 0o750, 0o701, 0o770])('its mode is %o', async (mode) => {
    const folder = join(home, mode.toString(8));
    await mkdir(folder);
    await chmod(folder, mode);
    await expect(open(folder)).rejects.toThrow(
      `The data folder ${folder} is open to others (mode ${mode.toString(8)}); run: chmod 700 ${folder}`,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('it is no folder', async () => {
    await writeFile(join(home, 'file'), '');
    await expect(open(join(home, 'file'))).rejects.toThrow('is not a folder; set WRIT_DATA_DIR to one.');
  });

  test('it cannot be made', async () => {
    await expect(open('/proc/none/data')).rejects.toThrow('The data folder /proc/none/data cannot be made');
  });

  test('the database in it is a link to another place, which its lock does not guard', async () => {
    const folder = join(home, 'linked');
    await mkdir(folder, { mode: 0o700 });
    await mkdir(join(home, 'other'));
    await symlink(join(home, 'other'), join(folder, 'postgres'));
    await expect(open(folder)).rejects.toThrow(/linked\/postgres is a link/);
  });
});

test('the files of the write-ahead log are used again, however much is written', async () => {
  const place = await makePlace('embedded');
  const driver = await open(place.options.dataDir ?? '');
  for (let segment = 0; segment < 12; segment += 1) {
    await driver.script((run) => run({ text: `create table segment_${segment} (); select pg_switch_wal()` }));
  }
  const files = await readdir(join(place.options.dataDir ?? '', 'postgres/pg_wal'));
  await driver.close();
  await place.remove();
  expect(files.filter((name) => /^[0-9A-F]{24}$/.test(name)).length).toBeLessThan(10);
});
