import { describe, expect, test } from 'vitest';
import { chainEntry, draftEntry, GENESIS_HASH } from './audit-chain.ts';
import { verifyLog } from './checkpoint-log.ts';
import { appendLeaf, EMPTY_TREE, leafHash, rootHash } from './merkle.ts';

const AT = '2026-01-01T00:00:00.000Z';

/** A log whose entries hold these texts, properly chained. */
function logOf(texts: readonly string[]): string[] {
  let head = { seq: 0, hash: GENESIS_HASH };
  return texts.map((text) => {
    const entry = chainEntry(draftEntry({ kind: 'test', data: { text } }, AT), head);
    head = entry.head;
    return entry.text;
  });
}

const texts = Array.from({ length: 50 }, (_, at) => `entry ${at + 1}`);
const log = logOf(texts);

function signedAt(size: number, name = `the checkpoint of ${size}`) {
  const tree = log.slice(0, size).reduce((before, entry) => appendLeaf(before, leafHash(entry)).tree, EMPTY_TREE);
  return { name, size, root: rootHash(tree) };
}

describe('a log against what was signed of it', () => {
  test('is whole when it goes on from every checkpoint, the empty one and the last included', async () => {
    const signed = [signedAt(50), signedAt(0), signedAt(7), signedAt(32)];
    expect(await verifyLog(log, { signed })).toMatchObject({ whole: true, entries: 50 });
  });

  test('that was written anew from some entry on, chain and all, is rewritten, and between which entries is said', async () => {
    const rewritten = logOf(texts.map((text, at) => (at === 39 ? 'nothing happened' : text)));
    expect(await verifyLog(rewritten, { signed: [] })).toMatchObject({ whole: true });
    expect(await verifyLog(rewritten, { signed: [signedAt(45), signedAt(32)] })).toEqual({
      whole: false,
      seq: 33,
      fault: 'rewritten',
      detail:
        'Of entries 33 to 45, at least one is not what the checkpoint of 45 was signed over: history was rewritten.',
    });
    expect(await verifyLog(rewritten, { signed: [signedAt(39)] })).toMatchObject({ whole: true });
  });

  test('that lost its end is truncated', async () => {
    expect(await verifyLog(log.slice(0, 40), { signed: [signedAt(40)] })).toMatchObject({ whole: true });
    expect(await verifyLog(log.slice(0, 40), { signed: [signedAt(32), signedAt(41)] })).toEqual({
      whole: false,
      seq: 41,
      fault: 'truncated',
      detail:
        'The log ends with entry 40, but the checkpoint of 41 was signed over 41 entries: 1 is missing at the end.',
    });
    expect(await verifyLog([], { signed: [signedAt(1)] })).toMatchObject({ fault: 'truncated', seq: 1 });
  });

  test('that was edited without its chain is said by the entry', async () => {
    const edited = log.map((entry, at) => (at === 4 ? entry.replace('entry 5', 'entry 6') : entry));
    expect(await verifyLog(edited, { signed: [signedAt(50)] })).toMatchObject({ fault: 'edited', seq: 5 });
  });
});
