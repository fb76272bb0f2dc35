import { createSecretKey, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { chainEntry, draftEntry, GENESIS_HASH } from '../audit/chain.ts';
import {
  backupName,
  DataFileForm,
  type DataHeader,
  type DataRow,
  openDataFile,
  verifyDataFile,
  writeDataFile,
} from './data-file.ts';
import { linesOf } from './lines.ts';

const key = createSecretKey(Buffer.alloc(32, 1));
const other = createSecretKey(Buffer.alloc(32, 2));

/** Entries of a log, each chained to the one before. */
function log(count: number): { readonly rows: DataRow[]; readonly head: DataHeader['log'] } {
  let head: DataHeader['log'] = { seq: 0, hash: GENESIS_HASH };
  const rows = Array.from({ length: count }, (): DataRow => {
    const entry = chainEntry(draftEntry({ kind: 'test.done' }, '2026-01-01T00:00:00.000Z'), head);
    const row = JSON.stringify({ ...entry.head, prev_hash: head.hash, event: entry.text });
    head = entry.head;
    return { table: 'audit_events', row };
  });
  return { rows, head };
}

const { rows: entries, head } = log(3);
const rows: DataRow[] = [{ table: 'users', row: '{"id":"u","name":"é 🔐 \\u0001"}' }, ...entries];
const header: Omit<DataHeader, 'writ_data'> = {
  kind: 'backup',
  version: '0.1.0',
  made_at: '2026-01-01T00:00:00.000Z',
  migrations: ['0001_a.sql'],
  kek_id: 'local_1',
  log: head,
};

const written = (more: readonly DataRow[] = rows, by: KeyObject | null = key) =>
  Array.fromAsync(writeDataFile(header, more, by ?? undefined));

async function* each<T>(parts: readonly T[]): AsyncGenerator<T> {
  yield* parts;
}

/** The sentence of a refusal; undefined where the file is whole. */
async function refusal(lines: readonly string[], by: KeyObject = key): Promise<string | undefined> {
  try {
    await verifyDataFile(await openDataFile(each(lines)), by);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'validation_failed' });
    return error instanceof Error ? error.message : '';
  }
}

test('what was written is read again, row by row, byte by byte', async () => {
  const lines = await written();
  expect(lines).toHaveLength(rows.length + 2);
  for (const line of lines) expect(line).not.toContain('\n');
  const file = await openDataFile(each(lines));
  expect(file.header).toEqual({ writ_data: 1, ...header });
  expect(await Array.fromAsync(file.rows(key))).toEqual(rows);
  expect(await refusal(lines)).toBeUndefined();
});

describe('without the key, whose lines pass by', () => {
  const formOf = (lines: readonly string[]): DataHeader => {
    const form = new DataFileForm();
    for (const line of lines) form.take(line);
    return form.end();
  };

  test('the form is checked, and the header tells the name, in the order of time', async () => {
    const lines = await written();
    expect(formOf(lines)).toEqual({ writ_data: 1, ...header });
    expect(backupName(header)).toBe(`writ-20260101T000000Z-3-${head.hash.slice(0, 12)}.ndjson.gz`);
  });

  test('cut off after any line, a row too few or too many, or something after the end is refused', async () => {
    const lines = await written();
    const refused = expect.objectContaining({ code: 'validation_failed' });
    const wrong = [
      ...lines.map((_, index) => lines.slice(0, index)),
      [...lines.slice(0, 2), ...lines.slice(3)],
      [...lines.slice(0, 2), ...lines.slice(1)],
      [...lines, lines[1] ?? ''],
      lines.slice(1),
    ];
    for (const changed of wrong) expect(() => formOf(changed)).toThrow(refused);
  });
});

describe('refused with a sentence', () => {
  test('cut off after any line', async () => {
    const lines = await written();
    for (let length = 1; length < lines.length; length += 1)
      expect(await refusal(lines.slice(0, length))).toBe(
        `This file was cut off after ${length - 1} rows: its end is missing.`,
      );
    expect(await refusal([])).toMatch(/no file that Writ wrote/);
  });

  test('any one bit that was flipped, in the header, a row or the end', async () => {
    const bytes = Buffer.from(`${(await written()).join('\n')}\n`);
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
      const cut = () => new Error('cut');
      const lines = await Array.fromAsync(linesOf(each([flipped]), cut)).catch(() => undefined);
      if (lines !== undefined) expect(await refusal(lines), `byte ${at}`).toBeDefined();
    }
  });

  test('a row less, a row more, two rows in another order, something after the end', async () => {
    const lines = await written();
    const [first = '', second = '', third = ''] = lines;
    expect(await refusal(lines.toSpliced(1, 1))).toMatch(/a byte was changed, or a row removed or added/);
    expect(await refusal(lines.toSpliced(1, 0, second))).toMatch(/a byte was changed/);
    expect(await refusal([first, third, second, ...lines.slice(3)])).toBeDefined();
    expect(await refusal([...lines, second])).toMatch(/Something follows the end/);
    expect(await refusal(lines.toSpliced(2, 0, '{"table":"users","row":[]}'))).toMatch(
      /Line 3 of this file is neither/,
    );
  });

  test('by another key, or by the digest that anybody can make', async () => {
    expect(await refusal(await written(), other)).toMatch(/not as it was written/);
    expect(await refusal(await written(rows, null))).toMatch(/not as it was written/);
    expect(await Array.fromAsync((await openDataFile(each(await written(rows, null)))).rows(undefined))).toEqual(rows);
  });

  test('a log that is not whole, though whoever changed it had the key', async () => {
    expect(await refusal(await written(rows.toSpliced(2, 1)))).toMatch(/audit log in this file is not whole/);
    expect(await refusal(await written(rows.slice(0, -1)))).toMatch(/audit log in this file is not whole/);
    const forged = {
      table: 'audit_events',
      row: JSON.stringify({ seq: 4, event: '{}', hash: '1'.repeat(64), prev_hash: head.hash }),
    };
    expect(await refusal(await written([...rows, forged]))).toMatch(/does not have the hash that it says/);
    expect(await refusal(await written([...rows, ...log(1).rows]))).toMatch(/audit log in this file is not whole/);
  });

  test('a log that goes on after its head, and rows that say another number or hash before than their entry', async () => {
    expect(await refusal(await written([...rows, ...log(4).rows.slice(3)]))).toMatch(
      /does not end where its header says/,
    );
    const changed = (change: (row: Record<string, unknown>, index: number) => object) =>
      entries.map(({ table, row }, index) => ({ table, row: JSON.stringify(change(JSON.parse(row), index)) }));
    const shifted = changed((row) => ({ ...row, seq: Number(row['seq']) + 1 }));
    expect(await refusal(await written(shifted))).toMatch(/does not end where its header says/);
    const swapped = changed((row, index) => ({ ...row, seq: [1, 3, 2][index] }));
    expect(await refusal(await written(swapped))).toMatch(/does not have the number of its entry/);
    const unchained = changed((row, index) => (index === 1 ? { ...row, prev_hash: '1'.repeat(64) } : row));
    expect(await refusal(await written(unchained))).toMatch(/does not have the number of its entry/);
  });

  test('at the second reading, a file that is whole too but not the one that was checked', async () => {
    for (const by of [key, undefined]) {
      const lines = await written(rows, by ?? null);
      const checked = await verifyDataFile(await openDataFile(each(lines)), by);
      const again = async (file: readonly string[]) =>
        await Array.fromAsync((await openDataFile(each(file))).rows(by, checked));
      expect(await again(lines)).toEqual(rows);
      await expect(again(await written(rows.slice(1), by ?? null))).rejects.toThrow(/not the one that was checked/);
    }
  });

  test('a header of a later format, one with a member too many, and none', async () => {
    const [, ...rest] = await written();
    const with_ = (change: object) => refusal([JSON.stringify({ writ_data: 1, ...header, ...change }), ...rest]);
    expect(await with_({ writ_data: 2 })).toMatch(/a format that this version of Writ does not know/);
    expect(await with_({ kind: 'copy' })).toMatch(/header of this file is damaged \(kind\)/);
    expect(await with_({ migrations: [] })).toMatch(/damaged \(migrations\)/);
    expect(await with_({ more: true })).toMatch(/damaged/);
    for (const first of ['', 'x', '[]', 'null', '{}', rest[0] ?? '', '{"writ_data":1,"writ_data":1}'])
      expect(await refusal([first, ...rest]), first).toMatch(/no file that Writ wrote|damaged/);
  });
});

describe('bytes become lines', () => {
  const split = (chunks: readonly Uint8Array[]) => Array.fromAsync(linesOf(each(chunks), () => new Error('cut')));

  test('wherever they are cut into chunks, within a character too', async () => {
    const bytes = Buffer.from('é\n\n🔐 "\\n"\nlast\n');
    for (let at = 0; at <= bytes.length; at += 1)
      expect(await split([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(['é', '', '🔐 "\\n"', 'last']);
    expect(await split([...bytes].map((byte) => Uint8Array.of(byte)))).toHaveLength(4);
    expect(await split([])).toEqual([]);
  });

  test('a line without an end, bytes that are not UTF-8, half a character and a line without measure are refused', async () => {
    for (const chunks of [[Buffer.from('a\nb')], [Uint8Array.of(0xff, 0x0a)], [Uint8Array.of(0x0a, 0xc3)]])
      await expect(split(chunks)).rejects.toThrow('cut');
    const part = Buffer.alloc(8 * 1024 * 1024, 'x');
    await expect(split(Array.from({ length: 9 }, () => part))).rejects.toThrow('cut');
  });
});
