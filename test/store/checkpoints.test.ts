import { generateKeyPairSync } from 'node:crypto';
import { appendLeaf, leafHash, openCheckpoint, rootHash, signCheckpoint } from '@writ/core';
import { exportAuditEvents, growTree, openStore, DEFAULT_ORGANIZATION as organization_id, signTree } from '@writ/store';
import { describe, expect, test } from 'vitest';
import { EMPTY_TREE } from '../../packages/core/src/audit/merkle.ts';
import { helpers, startProgram } from '../support/program.ts';
import { DATABASES, makePlace, type Place } from '../support/store.ts';

const { signer } = helpers;
const origin = 'writ.example.com/audit/default';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = privateKey.export({ format: 'pem', type: 'pkcs8' });

function start({ options }: Place, rounds?: number) {
  return startProgram(signer, [JSON.stringify({ options, origin, key, ...(rounds !== undefined && { rounds }) })]);
}

/** Notes a signer has handed out. */
const notesOf = (lines: readonly string[]): string[] => lines.slice(1).map((line) => JSON.parse(line));

/** Expects each note to be of the log as it is now, and that it can still be signed; returns the distinct sizes. */
async function expectOneHistory({ options }: Place, notes: readonly string[]): Promise<number[]> {
  const store = await openStore({ ...options, now: Date.now });
  while ((await store.transaction((tx) => growTree(tx, { organization_id, batch: 500 })))?.more);
  const sign = (tree: { size: number; root: Uint8Array }) =>
    signCheckpoint({ origin, ...tree }, { name: origin, privateKey });
  const { note, size } = await store.transaction((tx) =>
    signTree(tx, { organization_id, now: Date.now(), rest: 0, sign }),
  );
  const entries = await Array.fromAsync(exportAuditEvents(store.db, { organization_id }));
  expect(size).toBe(entries.length);
  const roots = [rootHash(EMPTY_TREE)];
  let tree = EMPTY_TREE;
  for (const entry of entries) {
    tree = appendLeaf(tree, leafHash(entry)).tree;
    roots.push(rootHash(tree));
  }
  const said = [...notes, note].map((one) => openCheckpoint(one, { name: origin, publicKey }));
  for (const checkpoint of said) expect(checkpoint?.root).toEqual(roots[checkpoint?.size ?? -1]);
  await store.close();
  return [...new Set(said.map((checkpoint) => checkpoint?.size ?? -1))];
}

describe.each(DATABASES)('a signer killed in the middle of its work, %s', (kind) => {
  test('contradicts nothing it ever handed out, three times over', { timeout: 180_000 }, async () => {
    const place = await makePlace(kind);
    const notes: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const signer = start(place);
      await signer.printed(10 + round * 9);
      await signer.kill();
      expect(signer.stderr()).toBe('');
      notes.push(...notesOf(signer.lines()));
    }
    expect((await expectOneHistory(place, notes)).length).toBeGreaterThan(40);
    await place.remove();
  });
});

test('three brokers that append and sign at once never sign two histories', { timeout: 120_000 }, async () => {
  const place = await makePlace('postgres');
  const signers = [1, 2, 3].map(() => start(place, 40));
  expect(await Promise.all(signers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  expect(signers.map(({ stderr }) => stderr())).toEqual(['', '', '']);
  const notes = signers.flatMap(({ lines }) => notesOf(lines()));
  expect(notes).toHaveLength(120);
  expect((await expectOneHistory(place, notes)).length).toBeGreaterThan(40);
  await place.remove();
});
