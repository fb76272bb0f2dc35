import { createHash, generateKeyPairSync } from 'node:crypto';
import {
  appendLeaf,
  leafHash,
  type MerkleTree,
  openCheckpoint,
  rootHash,
  sha256Hex,
  signCheckpoint,
  treeOf,
  verifyConsistency,
  verifyInclusion,
} from '@writ/core';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATABASES, OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { EMPTY_TREE } from '../../../core/src/audit/merkle.ts';
import { exportAuditEvents, openAuditLog } from '../audit/index.ts';
import type { Tx } from '../database.ts';
import { DEFAULT_ORGANIZATION as organization_id } from '../store.ts';
import { growTree, lastCheckpoint, proveConsistency, proveInclusion, readEntry, signTree } from './index.ts';
import { openTiles } from './tiles.ts';

const origin = 'writ.example.com/audit/default';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const sign = (tree: { readonly size: number; readonly root: Uint8Array }): string =>
  signCheckpoint({ origin, ...tree }, { name: origin, privateKey });

/** RFC 9162 section 2.1.1 word for word, over entries, with nothing of the product. */
function plainRoot(entries: readonly string[]): Buffer {
  const sha256 = (...parts: (string | Uint8Array)[]): Buffer =>
    parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return sha256(Uint8Array.of(0), entries[0] ?? '');
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha256(Uint8Array.of(1), plainRoot(entries.slice(0, k)), plainRoot(entries.slice(k)));
}

const append = (test: TestStore, count: number): Promise<unknown> => {
  const log = openAuditLog(test.store, { organization_id });
  return Promise.all(Array.from({ length: count }, (_, number) => log.append({ kind: 'test.é', data: { number } })));
};
const entriesOf = ({ store }: TestStore): Promise<string[]> =>
  Array.fromAsync(exportAuditEvents(store.db, { organization_id }));
const grow = ({ store }: TestStore, batch: number) =>
  store.transaction((tx) => growTree(tx, { organization_id, batch }));
const signed = ({ store }: TestStore, options: { now?: number; rest?: number } = {}) =>
  store.transaction((tx) => signTree(tx, { organization_id, now: store.now(), rest: 0, sign, ...options }));

describe.each(DATABASES)('the tree over the audit log, %s', (kind) => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await openTestStore(kind);
  }, OPENING);
  afterAll(() => opened.dispose());

  test('begins empty, and is signed as the empty tree', async () => {
    expect(await lastCheckpoint(opened.store.db, { organization_id })).toBeUndefined();
    const first = await signed(opened);
    expect(openCheckpoint(first.note, { name: origin, publicKey })).toEqual({ origin, size: 0, root: plainRoot([]) });
  });

  test('grows in commits that wait for no disk, and is signed in one that does', async () => {
    const { store } = opened;
    const settingAfter = (work: (tx: Tx) => Promise<unknown>): Promise<unknown> =>
      store.transaction(async (tx) => {
        await work(tx);
        const [row] = await tx
          .select({ commit: sql`current_setting('synchronous_commit')` })
          .from(sql`(select 1) as one`);
        return row?.commit;
      });
    expect(await settingAfter((tx) => growTree(tx, { organization_id, batch: 1 }))).toBe('off');
    expect(await settingAfter((tx) => signTree(tx, { organization_id, now: store.now(), rest: 0, sign }))).toBe('on');
  });

  test('follows the log in bounded steps, past the end of a tile, to the root of its definition', async () => {
    const { store } = opened;
    await append(opened, 600);
    const entries = await entriesOf(opened);
    const sizes: number[] = [0];
    for (let more = true; more; ) {
      const step = await grow(opened, 97);
      more = step?.more ?? false;
      if (step && step.size > (sizes.at(-1) ?? 0)) sizes.push(step.size);
      const { size, root } = await signed(opened);
      expect([size, Buffer.from(root)]).toEqual([step?.size, plainRoot(entries.slice(0, size))]);
    }
    expect(sizes).toEqual([0, 97, 194, 291, 388, 485, 582, 600]);
    expect(await grow(opened, 97)).toEqual({ size: 600, more: false });
    for (const first of sizes) {
      const { first_root, second_root, proof } = await proveConsistency(store.db, {
        organization_id,
        first,
        second: 600,
      });
      expect(verifyConsistency({ first, second: 600, first_root, second_root, proof })).toBe(true);
      expect([first_root, second_root].map((root) => Buffer.from(root))).toEqual([
        plainRoot(entries.slice(0, first)),
        plainRoot(entries),
      ]);
    }
  });

  test('proves every entry it was asked for, and no other in its place', async () => {
    const { store } = opened;
    const root = plainRoot(await entriesOf(opened));
    for (const seq of [1, 2, 255, 256, 257, 512, 513, 599, 600]) {
      const proof = await proveInclusion(store.db, { organization_id, index: seq - 1, size: 600 });
      const leaf = leafHash((await readEntry(store.db, { organization_id, seq })) ?? '');
      expect(verifyInclusion({ leaf, index: seq - 1, size: 600, root, proof })).toBe(true);
      expect(verifyInclusion({ leaf, index: seq % 600, size: 600, root, proof })).toBe(false);
    }
  });

  test('is signed anew only when there is something new, and not before the rest is over', async () => {
    const { store } = opened;
    const before = await signed(opened);
    expect(await signed(opened)).toEqual(before);
    await append(opened, 1);
    await grow(opened, 10);
    expect((await signed(opened, { now: before.signed_at + 2_000, rest: 3_000 })).size).toBe(before.size);
    expect((await signed(opened, { now: before.signed_at + 3_000, rest: 3_000 })).size).toBe(before.size + 1);
    expect(await lastCheckpoint(store.db, { organization_id })).toMatchObject({ size: before.size + 1 });
  });

  test('is not signed where the note could not be kept', async () => {
    const { store } = opened;
    const before = await lastCheckpoint(store.db, { organization_id });
    await append(opened, 1);
    await grow(opened, 10);
    const failed = store.transaction(async (tx) => {
      await signTree(tx, { organization_id, now: store.now(), rest: 0, sign });
      throw new RangeError('the power went');
    });
    await expect(failed).rejects.toThrow(RangeError);
    expect(await lastCheckpoint(store.db, { organization_id })).toEqual(before);
  });
});

describe.each(DATABASES)('history that was changed in the database, %s', (kind) => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await openTestStore(kind);
    await append(opened, 300);
    await grow(opened, 1000);
    await signed(opened);
    await append(opened, 20);
  }, OPENING);
  afterAll(() => opened.dispose());

  /** Changes rows, expects the work to be refused with a sentence and nothing to be signed, and puts them back. */
  async function refused(change: string, back: string, sentence: RegExp): Promise<void> {
    const { store } = opened;
    const run = (text: string) => store.driver.script((each) => each({ text }));
    const before = await lastCheckpoint(store.db, { organization_id });
    await run(change);
    const work = grow(opened, 1000).then(() => signed(opened));
    await expect(work).rejects.toMatchObject({ code: 'internal', message: expect.stringMatching(sentence) });
    await run(back);
    expect(await lastCheckpoint(store.db, { organization_id })).toEqual(before);
  }

  test('an edited entry is not covered, nor anything after it', async () => {
    await refused(
      `update audit_events set event = replace(event, '"number":4}', '"number":5}') where seq = 305`,
      `update audit_events set event = replace(event, '"number":5}', '"number":4}') where seq = 305`,
      /not whole at entry 306/,
    );
  });

  test('nor is what follows a removed entry', async () => {
    await refused(
      'update audit_events set seq = -310 where seq = 310',
      'update audit_events set seq = 310 where seq = -310',
      /not whole at entry 310/,
    );
  });

  test('a tree that was written anew over another history is not signed', async () => {
    await refused(
      `create table kept as select * from audit_tiles;
       update audit_tiles set hashes = overlay(hashes placing '\\x00ff00ff'::bytea from 7 for 4) where level = 1`,
      `delete from audit_tiles; insert into audit_tiles select * from kept; drop table kept`,
      /contradicts the checkpoint that was signed over 300 entries/,
    );
  });

  test('a log that ends before its tree does is not covered any more', async () => {
    await refused(
      `create table kept as select * from audit_events where seq > 280; create table head as select * from audit_head;
       delete from audit_events where seq > 280; update audit_head set seq = 280`,
      `insert into audit_events select * from kept; update audit_head set seq = (select seq from head);
       drop table kept; drop table head`,
      /ends with entry 280, but once had 320/,
    );
  });

  test('nor is a tree signed that lost its end with it', async () => {
    const { store } = opened;
    const set = (size: number, hash: string) =>
      store.db.execute(sql`update audit_tree set size = ${size}, last_hash = ${hash}`);
    const entries = await entriesOf(opened);
    await store.db.execute(sql`delete from audit_events where seq > 200`);
    await set(200, sha256Hex(entries[199] ?? ''));
    await expect(signed(opened)).rejects.toMatchObject({ message: expect.stringMatching(/signed over 300 entries/) });
  });
});

test('tiles hold a tree of three levels', { timeout: 60_000 }, async () => {
  const opened = await openTestStore('postgres');
  const { store } = opened;
  const trees: MerkleTree[] = [EMPTY_TREE];
  await store.transaction(async (tx) => {
    const tiles = openTiles(tx, { organization_id });
    for (let index = 0; index < 66_000; index += 1) {
      const { tree, nodes } = appendLeaf(trees.at(-1) ?? EMPTY_TREE, leafHash(`entry ${index}`));
      for (const node of nodes) await tiles.add(node);
      trees.push(tree);
    }
    await tiles.write(tx);
  });
  const { read } = openTiles(store.db, { organization_id });
  for (const size of [1, 255, 256, 257, 65_535, 65_536, 65_537, 65_792, 66_000]) {
    expect(rootHash(await treeOf(size, read))).toEqual(rootHash(trees[size] ?? EMPTY_TREE));
  }
  await expect(treeOf(66_001, read)).rejects.toThrow('not as it was written');
  await opened.dispose();
});
