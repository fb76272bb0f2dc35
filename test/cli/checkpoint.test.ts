/** What a checkpoint that was kept proves, and each way in which it can fail to, on a real broker whose database is tampered with. */
import { generateKeyPairSync } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, GENESIS_HASH, isJsonObject, leafHash, sha256Hex, signCheckpoint } from '@writ/core';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Broker } from '../support/broker.ts';
import { type OwnerScene, openOwnerScene } from './owner-scene.ts';
import type { Home } from './run.ts';

let scene: OwnerScene;
let broker: Broker;
let home: Home;
let sql: Sql;

beforeAll(async () => {
  scene = await openOwnerScene();
  ({ broker, home, sql } = scene);
}, 120_000);
afterAll(() => scene.close());

const inHome = (file: string): string => join(home.folder, file);
const read = (file: string): Promise<string> => readFile(inHome(file), 'utf8');
const sizeOf = async (file: string): Promise<number> => Number((await read(file)).split('\n')[1]);

/** Runs a command that must work, and answers its JSON. */
async function done(args: readonly string[], answers?: readonly string[]): Promise<Record<string, unknown>> {
  const ran = await home.writ([...args, '--json'], answers);
  expect(ran.code, `${ran.stdout}${ran.stderr}`).toBe(0);
  return JSON.parse(ran.stdout);
}

/** Runs a command that must fail, and answers its code or fault, and its sentence. */
async function failed(args: readonly string[]): Promise<readonly [code: unknown, sentence: string]> {
  const ran = await home.writ([...args, '--json']);
  expect(ran.code).toBe(1);
  const { error, fault, detail } = JSON.parse(ran.stdout);
  return error === undefined ? [fault, detail] : [error.code, error.detail];
}

/** Lets the log grow (an export is recorded) and the broker's rest between two checkpoints pass. */
async function growLog(file: string): Promise<void> {
  await done(['audit', 'export', '--out', file]);
  await sql`update audit_checkpoints set signed_at = signed_at - interval '1 minute'`;
}

/** The same log with one entry changed and everything after it chained anew, as somebody with the database could. */
function rewrite(log: string, seq: number): string {
  let prev = GENESIS_HASH;
  const entries = log
    .trimEnd()
    .split('\n')
    .map((line, at) => {
      const entry: unknown = JSON.parse(line);
      if (!isJsonObject(entry)) throw new TypeError('not an entry');
      const text = canonicalJson({ ...entry, prev, ...(at === seq - 1 && { kind: 'nothing.happened' }) });
      prev = sha256Hex(text);
      return text;
    });
  return `${entries.join('\n')}\n`;
}

const NOBODY = ['--url', 'http://127.0.0.1:1'];

test('a checkpoint is fetched, its key saved for good, and the log is verified with it offline', {
  timeout: 90_000,
}, async () => {
  const first = await home.writ(['audit', 'checkpoint', '--out', 'one.txt']);
  expect([first.code, first.stdout]).toEqual([
    0,
    `A checkpoint of ${await sizeOf('one.txt')} entries is in one.txt.\n`,
  ]);
  expect(first.stderr).toContain("This log's key is new here and was saved in");
  expect((await stat(inHome('config/checkpoints.json'))).mode & 0o777).toBe(0o600);
  await growLog('two.ndjson');
  const second = await home.writ(['audit', 'checkpoint']);
  expect([second.code, second.stderr]).toEqual([0, '']);
  await writeFile(inHome('two.txt'), second.stdout);
  expect(await sizeOf('two.txt')).toBeGreaterThan(await sizeOf('one.txt'));
  await growLog('log.ndjson');
  for (const checkpoint of ['one.txt', 'two.txt']) {
    const args = ['audit', 'verify', '--checkpoint', checkpoint, '--export', 'log.ndjson', ...NOBODY];
    const report = await done(args);
    expect(report).toMatchObject({ whole: true, signed_sizes: [await sizeOf(checkpoint), await sizeOf('two.txt')] });
  }
  const online = await home.writ(['audit', 'verify', '--checkpoint', 'one.txt']);
  expect([online.code, online.stdout]).toEqual([0, expect.stringContaining('byte for byte')]);
});

describe('an export that is not what was signed:', () => {
  const verify = (checkpoint: string, log: string, ...more: string[]) =>
    failed(['audit', 'verify', '--checkpoint', checkpoint, '--export', log, ...more, ...NOBODY]);

  test('rewritten, chain and all', { timeout: 60_000 }, async () => {
    await writeFile(inHome('rewritten.ndjson'), rewrite(await read('log.ndjson'), 2));
    expect(await done(['audit', 'verify', 'rewritten.ndjson'])).toMatchObject({ whole: true });
    const size = await sizeOf('one.txt');
    const sentence = `Of entries 1 to ${size}, at least one is not what the checkpoint in one.txt was signed over: history was rewritten.`;
    expect(await verify('one.txt', 'rewritten.ndjson')).toEqual(['rewritten', sentence]);
  });

  test('edited, without its chain', { timeout: 30_000 }, async () => {
    await writeFile(
      inHome('edited.ndjson'),
      (await read('log.ndjson')).replace('"kind":"audit.exported"', '"kind":"x"'),
    );
    expect((await verify('one.txt', 'edited.ndjson'))[0]).toBe('edited');
  });

  test('cut off before the checkpoint', { timeout: 30_000 }, async () => {
    const lines = (await read('log.ndjson')).split('\n').slice(0, (await sizeOf('one.txt')) - 1);
    await writeFile(inHome('short.ndjson'), `${lines.join('\n')}\n`);
    expect(await verify('one.txt', 'short.ndjson')).toEqual([
      'truncated',
      `The log ends with entry ${lines.length}, but the checkpoint in one.txt was signed over ${lines.length + 1} entries: 1 is missing at the end.`,
    ]);
  });

  test('cut off to an old checkpoint, though a newer one was saved', { timeout: 60_000 }, async () => {
    const lines = (await read('log.ndjson')).split('\n').slice(0, await sizeOf('one.txt'));
    await writeFile(inHome('old.ndjson'), `${lines.join('\n')}\n`);
    const [fault, sentence] = await verify('one.txt', 'old.ndjson');
    expect([fault, sentence]).toEqual([
      'truncated',
      expect.stringContaining('a newer checkpoint, saved on this machine,'),
    ]);
    const { vkey } = JSON.parse(await read('config/checkpoints.json'))[broker.url];
    const args = ['audit', 'verify', '--checkpoint', 'one.txt', '--export', 'old.ndjson', '--vkey', vkey];
    expect(await done(args)).toMatchObject({ whole: true });
  });

  test('with a checkpoint of another key, another log, or none', { timeout: 60_000 }, async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const [name = ''] = (await read('one.txt')).split('\n');
    const forged = (origin: string): string =>
      signCheckpoint({ origin, size: 1, root: leafHash('forged') }, { name: origin, privateKey });
    await writeFile(inHome('forged.txt'), forged(name));
    await writeFile(inHome('other.txt'), forged('other.example/audit/default'));
    await writeFile(inHome('none.txt'), 'hello\n');
    await writeFile(inHome('edited.txt'), (await read('one.txt')).replace(/\n\d+\n/, '\n1\n'));
    expect(await verify('forged.txt', 'log.ndjson')).toEqual([
      'wrong_key',
      expect.stringContaining('it was forged, edited'),
    ]);
    expect((await verify('edited.txt', 'log.ndjson'))[0]).toBe('wrong_key');
    expect((await verify('other.txt', 'log.ndjson'))[0]).toBe('key_unknown');
    expect((await verify('none.txt', 'log.ndjson'))[0]).toBe('checkpoint_malformed');
  });
});

describe('a broker whose database was tampered with after a checkpoint was saved:', () => {
  const checkpoint = ['audit', 'checkpoint'];
  const forgetTree = () =>
    sql.begin(async (tx) => {
      await tx`delete from audit_tiles`;
      await tx`delete from audit_checkpoints`;
      await tx`update audit_tree set size = 0, last_hash = ${GENESIS_HASH}`;
    });
  const saved = () => read('config/checkpoints.json');

  test('another key is not believed, until it is given', { timeout: 60_000 }, async () => {
    const before = await saved();
    await sql`delete from checkpoint_keys`;
    await growLog('three.ndjson');
    const [code, sentence] = await failed(checkpoint);
    expect([code, sentence]).toEqual(['wrong_key', expect.stringContaining('give --vkey with the right key')]);
    expect(await saved()).toBe(before);
    const [{ vkey } = { vkey: '' }] = await sql<{ vkey: string }[]>`select vkey from checkpoint_keys`;
    await done([...checkpoint, '--vkey', vkey]);
    await growLog('four.ndjson');
    await done(checkpoint);
  });

  test('an entry that was removed: nothing is signed, and the broker says so', { timeout: 60_000 }, async () => {
    // One that the tree has not covered yet: it follows within seconds.
    for (let attempt = 0, removed = 0; removed === 0; attempt += 1) {
      await growLog(`five-${attempt}.ndjson`);
      const { count } = await sql`update audit_events set seq = -seq
        where seq = (select max(seq) from audit_events) and seq > (select size from audit_tree)`;
      removed = count;
    }
    await done(['audit', 'list', '--limit', '1']);
    const before = await saved();
    // The next event leaves a gap, which the tree does not pass over.
    await growLog('six.ndjson');
    const [code, sentence] = await failed(checkpoint);
    expect([code, sentence]).toEqual([
      'internal',
      expect.stringMatching(/not whole at entry \d+.*No checkpoint is signed/),
    ]);
    await sql`update audit_events set seq = -seq where seq < 0`;
    expect(await saved()).toBe(before);
    await done(checkpoint);
  });

  test('history that was written anew, tree and all', { timeout: 60_000 }, async () => {
    const before = await saved();
    const [last = { seq: 0, event: '' }] = await sql<{ seq: string; event: string }[]>`
      select seq, event from audit_events order by seq desc limit 1`;
    const event = last.event.replace('audit.exported', 'audit.expørted');
    await sql`update audit_events set event = ${event}, hash = ${sha256Hex(event)} where seq = ${last.seq}`;
    await sql`update audit_head set hash = ${sha256Hex(event)}`;
    await forgetTree();
    await growLog('seven.ndjson');
    const [code, sentence] = await failed(checkpoint);
    expect([code, sentence]).toEqual(['rewritten', expect.stringContaining('history was rewritten')]);
    expect(await saved()).toBe(before);
  });

  test('a log that lost its end, tree and all', { timeout: 60_000 }, async () => {
    const before = await saved();
    const [{ hash } = { hash: '' }] = await sql<{ hash: string }[]>`select hash from audit_events where seq = 2`;
    await sql`delete from audit_events where seq > 2`;
    await sql`update audit_head set seq = 2, hash = ${hash}`;
    await forgetTree();
    const [code, sentence] = await failed(checkpoint);
    expect([code, sentence]).toEqual(['older_than_saved', expect.stringContaining('its log lost its end')]);
    expect(await saved()).toBe(before);
  });
});
