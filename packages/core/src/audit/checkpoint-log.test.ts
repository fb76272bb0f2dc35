import { describe, expect, test } from 'vitest';
import { sha256Hex } from '../json/digest.ts';
import { chainEntry, draftEntry, GENESIS_HASH } from './chain.ts';
import { verifyLog } from './checkpoint-log.ts';
import { appendLeaf, EMPTY_TREE, leafHash, rootHash } from './merkle.ts';
import { PRUNED, pruneData } from './prune.ts';

const AT = '2026-01-01T00:00:00.000Z';

/** Makes a well-chained log whose entries hold these texts. */
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

describe('a log against its signed checkpoints', () => {
  test('is whole if it continues every checkpoint, also the empty one and the last', async () => {
    const signed = [signedAt(50), signedAt(0), signedAt(7), signedAt(32)];
    expect(await verifyLog(log, { signed })).toMatchObject({ whole: true, entries: 50 });
  });

  test('that was written again from some entry on, with a correct chain, is reported as rewritten, with the range of entries', async () => {
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

  test('that was edited without its chain is reported with the edited entry', async () => {
    const edited = log.map((entry, at) => (at === 4 ? entry.replace('entry 5', 'entry 6') : entry));
    expect(await verifyLog(edited, { signed: [signedAt(50)] })).toMatchObject({ fault: 'edited', seq: 5 });
  });
});

describe('a log that was pruned', () => {
  const treeAt = (size: number) =>
    log.slice(0, size).reduce((before, entry) => appendLeaf(before, leafHash(entry)).tree, EMPTY_TREE);

  /** Makes the log of some texts, an entry that says that all up to `last` was pruned, and the rest of the texts. */
  function prunedLog(last: number, changes: object = {}): string[] {
    const prune = { first: 1, last, last_hash: sha256Hex(log[last - 1] ?? ''), tree: treeAt(last) };
    let head = { seq: 50, hash: sha256Hex(log[49] ?? '') };
    const more = [{ kind: PRUNED, data: { ...pruneData(prune), ...changes } }, { kind: 'test' }].map((event) => {
      const entry = chainEntry(draftEntry(event, AT), head);
      head = entry.head;
      return entry.text;
    });
    return [...log.slice(last), ...more];
  }

  test('is whole, and agrees with every checkpoint of the remaining entries', async () => {
    for (const last of [1, 7, 32, 49]) {
      const whole = [...log, ...prunedLog(last).slice(-2)];
      const report = await verifyLog(prunedLog(last), { signed: [signedAt(last), signedAt(50), signedAt(0)] });
      expect(report).toMatchObject({ whole: true, entries: 52 - last, pruned: { last } });
      expect(await verifyLog(whole, { signed: [signedAt(7), signedAt(50)] })).toMatchObject({
        whole: true,
        entries: 52,
      });
    }
  });

  test('names the checkpoint or head whose entries were all pruned', async () => {
    const entries = prunedLog(32);
    expect(await verifyLog(entries, { signed: [signedAt(50), signedAt(31)] })).toMatchObject({
      fault: 'pruned',
      seq: 31,
    });
    const head = (seq: number) => ({ seq, hash: sha256Hex(log[seq - 1] ?? '') });
    expect(await verifyLog(entries, { signed: [], head: head(31) })).toMatchObject({ fault: 'pruned', seq: 31 });
    expect(await verifyLog(entries, { signed: [], head: head(32) })).toMatchObject({ whole: true });
    const other = { seq: 32, hash: head(31).hash };
    expect(await verifyLog(entries, { signed: [], head: other })).toMatchObject({ fault: 'edited', seq: 32 });
  });

  test.each<[string, string[], string]>([
    ['without a word of it', log.slice(32), 'missing'],
    ['further than it says', prunedLog(32).slice(1), 'missing'],
    ['less far than it says', [...log.slice(31), ...prunedLog(32).slice(-2)], 'missing'],
    ['with another hash than that of the last', prunedLog(32, { last_hash: sha256Hex('x') }), 'missing'],
    ['with another root than that of its peaks', prunedLog(32, { root: 'x' }), 'missing'],
    ['with a hole behind it', [...prunedLog(32).slice(0, 3), ...prunedLog(32).slice(4)], 'missing'],
    [
      'and edited behind it',
      prunedLog(32).map((entry, at) => (at === 7 ? entry.replace('entry 40', 'entry 41') : entry)),
      'edited',
    ],
  ])('%s is not whole', async (_, entries, fault) => {
    expect(await verifyLog(entries, { signed: [] })).toMatchObject({ whole: false, fault });
  });

  test('with other entries in place of the pruned ones is rewritten', async () => {
    const tree = logOf(texts.map((text) => `${text}!`))
      .slice(0, 32)
      .reduce((before, entry) => appendLeaf(before, leafHash(entry)).tree, EMPTY_TREE);
    const forged = pruneData({ first: 1, last: 32, last_hash: sha256Hex(log[31] ?? ''), tree });
    const entries = prunedLog(32, forged);
    expect(await verifyLog(entries, { signed: [] })).toMatchObject({ whole: true });
    expect(await verifyLog(entries, { signed: [signedAt(50)] })).toMatchObject({ fault: 'rewritten' });
  });
});
