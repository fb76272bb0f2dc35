/** Backups while the broker runs: one at a time, and once a day by itself. */
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { tendBackups } from '@writ/broker';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backupFolder } from '../../apps/server/src/backups.ts';
import { openLines } from '../../apps/server/src/data-file.ts';
import { backUp } from '../../packages/broker/src/data/backup.ts';
import { getBackups } from '../../packages/broker/src/data/schedule.ts';
import { openDataFile, verifyDataFile } from '../../packages/core/src/data/data-file.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { DATABASES, OPENING } from '../support/store.ts';
import { throwawayFolder } from '../support/throwaway.ts';

const HOUR = 3600_000;

describe.each(DATABASES)('on %s', (database) => {
  let it: InProcess;
  let home: string;
  let folder: string;
  beforeEach(async () => {
    it = await openInProcess(database, { stands: true });
    home = await mkdtemp(join(throwawayFolder(), 'writ-backups-'));
    folder = join(home, 'backups');
  }, OPENING);
  afterEach(async () => {
    await it.close();
    await rm(home, { recursive: true, force: true });
  });

  const place = (signal = new AbortController().signal) => backupFolder(folder, it.place.config, signal);
  const tend = (broker = it) => tendBackups(broker.as({ kind: 'system' }, ''), place());
  const files = async () => (await readdir(folder).catch(() => [])).sort();

  test('one backup at a time: a second is refused until the first was read, has failed, or its reader went', async () => {
    const refused = { code: 'conflict', message: expect.stringMatching(/^A backup is under way already\./) };
    const begin = async () => (await backUp(it.owner())).lines[Symbol.asyncIterator]();
    const readToItsEnd = await begin();
    await expect(begin()).rejects.toMatchObject(refused);
    while (!(await readToItsEnd.next()).done);
    const left = await begin();
    await expect(begin()).rejects.toMatchObject(refused);
    await left.return?.();
    const leftLater = await begin();
    await leftLater.next();
    await expect(begin()).rejects.toMatchObject(refused);
    await leftLater.return?.();
    await (await begin()).return?.();
  });

  test('a reader that has taken nothing for a minute gives way, and gets no end', async () => {
    const stalled = (await backUp(it.owner())).lines[Symbol.asyncIterator]();
    await stalled.next();
    it.wait(60_001);
    const { lines } = await backUp(it.owner());
    await expect(stalled.next()).rejects.toMatchObject({ code: 'conflict' });
    expect((await Array.fromAsync(lines)).at(-1)).toMatch(/^\{"end":/);
  });

  test('once a day, whole, readable by its owner alone; the last seven that were made so are kept, and nothing else is touched', async () => {
    await mkdir(folder, { mode: 0o700 });
    const others = [
      'writ-20200101T000000Z-1-0123456789ab.ndjson.gz',
      'daily-writ-20200101T000000Z-1-0123456789ab.ndjson.gz.old',
      'notes.txt',
    ];
    for (const name of others) await writeFile(join(folder, name), 'x');
    await tend();
    await tend();
    it.wait(23 * HOUR);
    await tend();
    expect(await files()).toHaveLength(others.length + 1);
    const [first = ''] = (await files()).filter((name) => !others.includes(name));
    expect((await stat(join(folder, first))).mode & 0o777).toBe(0o600);
    const whole = await openDataFile((await openLines(join(folder, first)))());
    await verifyDataFile(whole, it.key.deriveKey('backup'));
    for (let day = 0; day < 8; day += 1) {
      it.wait(24 * HOUR);
      await tend();
    }
    const left = await files();
    expect(left.filter((name) => !others.includes(name))).toHaveLength(7);
    expect(left).toEqual(expect.arrayContaining(others));
    expect(left).not.toContain(first);
    const { last, failure } = await getBackups(it.owner());
    const isEmbedded = database === 'embedded';
    expect([last?.file, last?.same_disk, failure]).toEqual([
      join(folder, left.filter((name) => !others.includes(name)).at(-1) ?? ''),
      isEmbedded ? true : null,
      null,
    ]);
    expect(last?.bytes).toBe((await stat(last?.file ?? '')).size);
  });

  test('the broker that stops in the middle leaves nothing, and its next start makes the backup', async () => {
    const stopped = AbortSignal.abort();
    await tendBackups(it.as({ kind: 'system' }, ''), place(stopped));
    expect(await files()).toEqual([]);
    expect((await getBackups(it.owner())).failure).toBeNull();
    if (database === 'postgres') it.wait(6 * HOUR);
    await tend();
    expect(await files()).toHaveLength(1);
  });

  test('what a killed broker left half-written is removed', async () => {
    await mkdir(folder, { mode: 0o700 });
    const part = (): string => join(folder, `.daily-writ-${crypto.randomUUID()}.part`);
    const [left, underWay] = [part(), part()];
    for (const path of [left, underWay]) await writeFile(path, 'half');
    const longAgo = Date.now() / 1000 - 7200;
    await utimes(left, longAgo, longAgo);
    await tend();
    // On Postgres another broker may be writing the other.
    const others = database === 'postgres' ? [basename(underWay)] : [];
    expect(await files()).toEqual([...others, expect.stringMatching(/^daily-writ-.*\.ndjson\.gz$/)]);
  });

  // The rest is of the clock and the folder.
  if (database === 'embedded') return;

  test('a clock that was far ahead for a while neither stops backups, nor makes one every minute, nor pushes out those made after it', async () => {
    const YEARS = 20 * 365 * 24 * HOUR;
    it.wait(YEARS);
    for (let day = 0; day < 3; day += 1) {
      await tend();
      it.wait(24 * HOUR);
    }
    const ahead = await files();
    it.wait(-YEARS);
    for (let day = 0; day < 7; day += 1) {
      for (const _ of [1, 2, 3]) await tend();
      expect((await files()).filter((name) => !ahead.includes(name))).toHaveLength(day + 1);
      it.wait(24 * HOUR);
    }
    expect((await files()).filter((name) => ahead.includes(name))).toEqual([]);
  });

  test('one that fails leaves nothing, is told with a sentence, and is tried again in an hour', async () => {
    await writeFile(folder, 'no folder');
    await tend();
    const { last, failure } = await getBackups(it.owner());
    expect([last, failure]).toEqual([null, expect.stringMatching(/^No backup was made in .*backups: .*\.$/)]);
    expect(JSON.stringify(it.logged)).toContain('It is tried again in an hour.');
    await rm(folder);
    it.wait(HOUR / 2);
    await tend();
    expect(await files()).toEqual([]);
    it.wait(HOUR / 2);
    await tend();
    expect(await files()).toHaveLength(1);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await getBackups(it.owner())).failure).toBeNull();
  });

  test('of brokers on one Postgres one makes it', async () => {
    const beside = await openInProcess(database, { beside: it });
    await Promise.all([tend(), tend(beside)]);
    expect(await files()).toHaveLength(1);
    it.wait(23 * HOUR);
    await Promise.all([tend(), tend(beside)]);
    expect(await files()).toHaveLength(1);
    it.wait(HOUR);
    await Promise.all([tend(), tend(beside)]);
    expect(await files()).toHaveLength(2);
    await beside.close();
  });
});
