/** Checkpoints and proofs as the verbs answer them, checked by sigstore's verifier besides our own. */

import { LogCheckpoint, verifyCheckpoint } from '@sigstore/verify/dist/tlog/checkpoint.js';
import { verifyMerkleInclusion } from '@sigstore/verify/dist/tlog/merkle.js';
import { tendCheckpoints } from '@writ/broker';
import { leafHash, openCheckpoint, parseNoteVerifier, verifyConsistency, verifyInclusion } from '@writ/core';
import { exportAuditEvents, findCheckpointKey, lastCheckpoint, treeSize } from '@writ/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getCheckpoint } from '../../packages/broker/src/audit/checkpoint.ts';
import { getProof } from '../../packages/broker/src/audit/prove.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { DATABASES, OPENING } from '../support/store.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
const ORIGIN = 'localhost:8700/audit/default';

describe.each(DATABASES)('checkpoints of the audit log, %s', (kind) => {
  let opened: InProcess;
  let ctx: ReturnType<InProcess['owner']>;
  beforeAll(async () => {
    opened = await openInProcess(kind);
    ctx = opened.owner();
    await append(40);
  }, OPENING);
  afterAll(() => opened.close());

  async function append(count: number): Promise<void> {
    const { audit } = opened.services;
    await Promise.all(Array.from({ length: count }, (_, number) => audit.append({ kind: 'test', data: { number } })));
  }
  /** A new checkpoint over everything so far. */
  async function fresh() {
    await append(1);
    opened.wait(3_001);
    return await getCheckpoint(ctx, {});
  }

  test('are signed by one key, however many ask first at once, and it is stored only sealed', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => getCheckpoint(ctx, {})));
    const [vkey, ...others] = new Set(answers.map((answer) => answer.vkey));
    expect(others).toEqual([]);
    const verifier = parseNoteVerifier(vkey ?? '');
    if (!verifier) return expect.unreachable('the key was not shown as C2SP writes it');
    for (const { note, origin, size, root } of answers) {
      expect(openCheckpoint(note, verifier)).toEqual({ origin, size, root: bytes(root) });
      expect(origin).toBe(ORIGIN);
    }
    expect(answers[0]?.size).toBeGreaterThanOrEqual(40);
    const row = await findCheckpointKey(opened.services.store.db, { organization_id: 'default' });
    expect(Object(row?.sealed_private)).toMatchObject({ v: 1, kek_id: expect.any(String), ct: expect.any(String) });
    // How every PKCS #8 Ed25519 key begins, in base64.
    expect(JSON.stringify(row)).not.toContain('MC4CAQAwBQYDK2VwBCIEI');
  });

  test('are believed by an independent verifier, and so is the proof of every entry', async () => {
    const { vkey } = await fresh();
    const verifier = parseNoteVerifier(vkey);
    if (!verifier) return expect.unreachable('no key');
    const log = { logID: Buffer.from(vkey.split('+')[1] ?? '', 'hex'), publicKey: verifier.publicKey, baseURL: ORIGIN };
    const entries = await Array.fromAsync(exportAuditEvents(opened.services.store.db, opened.services));
    for (const seq of [1, 2, 17, 32, 33, entries.length]) {
      const answer = await getProof(ctx, { event: seq });
      if (answer.kind !== 'inclusion') return expect.unreachable('another proof than asked for');
      expect(answer.entry).toBe(entries[seq - 1]);
      const inclusionProof = {
        checkpoint: { envelope: answer.note },
        logIndex: String(seq - 1),
        hashes: answer.proof.map(bytes),
      };
      const entry = { inclusionProof, canonicalizedBody: Buffer.from(answer.entry) };
      // What the verifier takes is a Sigstore entry and its log, of which it reads these members alone.
      const checkpoint = verifyCheckpoint(entry as never, [log] as never);
      expect(checkpoint).toBeInstanceOf(LogCheckpoint);
      expect(() => verifyMerkleInclusion(entry as never, checkpoint)).not.toThrow();
      const other = { ...entry, canonicalizedBody: Buffer.from(answer.entry.replace('"seq"', '"Seq"')) };
      expect(() => verifyMerkleInclusion(other as never, checkpoint)).toThrow('root hash');
    }
  });

  test('are proved to continue one another', async () => {
    const older = await fresh();
    await append(9);
    const newer = await fresh();
    expect(newer.size).toBe(older.size + 10);
    const answer = await getProof(ctx, { first: older.size, second: newer.size });
    if (answer.kind !== 'consistency') return expect.unreachable('another proof than asked for');
    expect([answer.first_root, answer.second_root]).toEqual([older.root, newer.root]);
    const claim = { first: older.size, second: newer.size, proof: answer.proof.map(bytes) };
    const roots = { first_root: bytes(older.root), second_root: bytes(newer.root) };
    expect(verifyConsistency({ ...claim, ...roots })).toBe(true);
    expect(verifyConsistency({ ...claim, ...roots, first_root: bytes(newer.root) })).toBe(false);
  });

  test('are signed at most every three seconds, and not again while nothing is new', async () => {
    const first = await fresh();
    await append(1);
    expect(await getCheckpoint(ctx, {})).toEqual(first);
    const second = await fresh();
    expect(second.size).toBe(first.size + 2);
    opened.wait(3_001);
    expect(await getCheckpoint(ctx, {})).toEqual(second);
  });

  test('are signed unasked after five minutes, where there is something new', async () => {
    const { store } = opened.services;
    const system = opened.as({ kind: 'system' } as const);
    const before = await fresh();
    await append(1);
    await tendCheckpoints(system);
    const last = () => lastCheckpoint(store.db, { organization_id: 'default' });
    expect((await last())?.size).toBe(before.size);
    opened.wait(5 * 60_000);
    await tendCheckpoints(system);
    expect((await last())?.size).toBe(before.size + 1);
    const after = await last();
    opened.wait(5 * 60_000);
    await tendCheckpoints(system);
    expect(await last()).toEqual(after);
  });

  test('let the tree follow the log in steps, between which requests are served', async () => {
    const { store } = opened.services;
    const system = opened.as({ kind: 'system' } as const);
    const of = { organization_id: 'default' };
    while (await tendCheckpoints(system));
    const before = await treeSize(store.db, of);
    await append(300);
    const sizes: number[] = [];
    for (let more = true; more; ) {
      more = await tendCheckpoints(system);
      sizes.push((await treeSize(store.db, of)) - before);
    }
    expect(sizes).toEqual([128, 256, 300]);
    expect(await tendCheckpoints(system)).toBe(false);
  });

  test.each([
    [{}, 'validation_failed'],
    [{ event: 1, first: 1, second: 2 }, 'validation_failed'],
    [{ first: 1 }, 'validation_failed'],
    [{ second: 1 }, 'validation_failed'],
    [{ first: 2, second: 1 }, 'validation_failed'],
    [{ event: 1_000_000 }, 'not_found'],
    [{ first: 1, second: 1_000_000 }, 'not_found'],
  ])('no proof is given for %j', async (input, code) => {
    await expect(getProof(ctx, input)).rejects.toMatchObject({ code });
  });

  test('an entry that is not covered yet is said to be coming', async () => {
    await fresh();
    await append(1);
    const { length } = await opened.audit();
    await expect(getProof(ctx, { event: length })).rejects.toMatchObject({
      code: 'unavailable',
      extras: { retry_after: 3 },
    });
    opened.wait(3_001);
    expect(await getProof(ctx, { event: length })).toMatchObject({ kind: 'inclusion', size: length });
  });

  test('an entry that was edited after it was signed has no proof, and the others still have theirs', async () => {
    const { store } = opened.services;
    await fresh();
    const run = (text: string) => store.driver.script((each) => each({ text }));
    await run(`update audit_events set event = replace(event, '"kind":"test"', '"kind":"nice"') where seq = 20`);
    await expect(getProof(ctx, { event: 20 })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('Entry 20 is not the one that was covered'),
    });
    const other = await getProof(ctx, { event: 21 });
    if (other.kind !== 'inclusion') return expect.unreachable('another proof than asked for');
    const { size, root, proof, entry } = other;
    const claim = { leaf: leafHash(entry), index: 20, size, root: bytes(root), proof: proof.map(bytes) };
    expect(verifyInclusion(claim)).toBe(true);
  });
});
