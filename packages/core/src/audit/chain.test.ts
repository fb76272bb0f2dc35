import { describe, expect, test } from 'vitest';
import { defined } from '../defined.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import { sha256Hex } from '../json/digest.ts';
import { type AuditHead, chainEntry, draftEntry, GENESIS_HASH, verifyChain } from './chain.ts';

const AT = '2026-01-02T03:04:05.678Z';

function log(size: number): { entries: string[]; heads: AuditHead[] } {
  let head: AuditHead = { seq: 0, hash: GENESIS_HASH };
  const entries: string[] = [];
  const heads: AuditHead[] = [];
  for (let i = 0; i < size; i += 1) {
    const entry = chainEntry(draftEntry({ kind: 'thing.made', result: 'ok', data: { number: i } }, AT), head);
    head = entry.head;
    entries.push(entry.text);
    heads.push(head);
  }
  return { entries, heads };
}

test('the `prev` of the first entry is no known SHA-256 of an entry', () => {
  expect(GENESIS_HASH).toBe('0'.repeat(64));
});

test('an entry is the canonical JSON of its members, and its hash is the SHA-256 of that JSON', () => {
  const event = { zeta: 'last', actor: 'user:é\u2028', request_id: 'req_1', sa: 1, sez: 2, pre: 3, absent: undefined };
  const { text, head } = chainEntry(draftEntry(event, AT), { seq: 6, hash: 'a'.repeat(64) });
  const { absent: _, ...present } = event;
  expect(text).toBe(canonicalJson({ ...present, v: 1, at: AT, seq: 7, prev: 'a'.repeat(64) }));
  expect(head).toEqual({ seq: 7, hash: sha256Hex(text) });
});

test('an event cannot have a member that the chain sets, nor a value that JSON does not have', () => {
  for (const name of ['v', 'at', 'seq', 'prev']) expect(() => draftEntry({ [name]: 1 }, AT)).toThrow(TypeError);
  expect(() => draftEntry({ kind: '\ud800' }, AT)).toThrow(TypeError);
  expect(() => draftEntry({ kind: Number.NaN }, AT)).toThrow(TypeError);
});

describe('a log', () => {
  const { entries, heads } = log(6);
  const swap = (list: readonly string[], at: number): string[] => {
    const copy = [...list];
    copy.splice(at, 2, String(list[at + 1]), String(list[at]));
    return copy;
  };
  const edit = (at: number): string[] => entries.with(at, String(entries[at]).replace('thing.made', 'thing.gone'));

  test('that was not changed is whole', async () => {
    expect(await verifyChain(entries)).toEqual({ whole: true, entries: 6, head: heads[5] });
    expect(await verifyChain([])).toEqual({ whole: true, entries: 0, head: { seq: 0, hash: GENESIS_HASH } });
  });

  test('can be checked from a known entry on, and against a known later entry', async () => {
    const after = heads[2] ?? { seq: 0, hash: '' };
    const head = heads[4] ?? { seq: 0, hash: '' };
    expect(await verifyChain(entries.slice(3), { after, head })).toMatchObject({ whole: true, entries: 3 });
  });

  test.each([
    ['an edited entry', edit(2), 3, 'edited'],
    ['an edited first entry', edit(0), 1, 'edited'],
    ['a removed entry', entries.toSpliced(2, 1), 3, 'missing'],
    ['a removed first entry', entries.slice(1), 1, 'missing'],
    ['two entries in the other order', swap(entries, 2), 3, 'missing'],
    ['a repeated entry', entries.toSpliced(3, 0, String(entries[2])), 3, 'out_of_order'],
    ['an inserted entry', entries.toSpliced(3, 0, String(edit(3)[3])), 4, 'out_of_order'],
    ['entries cut out of the middle', entries.toSpliced(1, 3), 2, 'missing'],
    ['other spelling of the same value', entries.with(2, ` ${entries[2]}`), 3, 'not_canonical'],
    ['a repeated member', entries.with(2, String(entries[2]).replace('{', '{"at":"never",')), 3, 'not_canonical'],
    ['what is not JSON', entries.with(2, 'nothing'), 3, 'malformed'],
    ['what is not an object', entries.with(2, '[]'), 3, 'malformed'],
    ['what is no object at its beginning', entries.with(0, '1'), 1, 'malformed'],
    [
      'text that JSON can hold and Writ never writes',
      entries.with(2, '{"seq":3,"text":"\\ud800"}'),
      3,
      'not_canonical',
    ],
    ['an entry without a number', entries.with(2, '{}'), 3, 'malformed'],
    [
      'a first entry that continues something else',
      [chainEntry(draftEntry({}, AT), { seq: 0, hash: 'f'.repeat(64) }).text],
      1,
      'edited',
    ],
  ] as const)('with %s is broken there', async (_, tampered, seq, fault) => {
    expect(await verifyChain(tampered)).toMatchObject({ whole: false, seq, fault });
  });

  test('with a cut-off or edited end is noticed by its known head', async () => {
    const head = heads[5] ?? { seq: 0, hash: '' };
    expect(await verifyChain(entries.slice(0, 4), { head })).toMatchObject({
      whole: false,
      seq: 5,
      fault: 'truncated',
    });
    expect(await verifyChain(edit(5))).toMatchObject({ whole: true });
    expect(await verifyChain(edit(5), { head })).toMatchObject({ whole: false, seq: 6, fault: 'edited' });
  });

  test('is whole against its last head, and against the head of the empty log', async () => {
    for (const head of [heads[5], { seq: 0, hash: GENESIS_HASH }]) {
      expect(await verifyChain(entries, defined({ head }))).toMatchObject({ whole: true, entries: 6 });
    }
  });

  test('without its first entries, and without an entry that says that they were pruned, is reported with the number of missing entries', async () => {
    const sentence = 'and no later entry says that just these were pruned.';
    expect(await verifyChain(entries.slice(1))).toMatchObject({ detail: `Entry 1 is missing, ${sentence}` });
    expect(await verifyChain(entries.slice(2))).toMatchObject({ detail: `Entries 1 to 2 are missing, ${sentence}` });
  });

  test('can be read as a stream too', async () => {
    async function* stream(): AsyncGenerator<string> {
      yield* entries;
    }
    expect(await verifyChain(stream())).toMatchObject({ whole: true, entries: 6 });
  });
});
