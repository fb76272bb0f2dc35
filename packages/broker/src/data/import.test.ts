import { type DataRow, openDataFile, WritError, writeDataFile } from '@writ/core';
import { openDriver } from '@writ/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { each, exported, fill, newKey, passphrase } from '../../../../test/support/exports.ts';
import { createDatabase } from '../../../../test/support/postgres.ts';
import { OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { importData } from './import.ts';

const now = Date.now;

describe('a file without secrets, whose digest anybody can make anew,', () => {
  let source: TestStore;
  const key = newKey();
  beforeAll(async () => {
    source = await openTestStore('postgres');
    await fill(source.store, key);
  }, OPENING);
  afterAll(() => source.dispose());

  /** What is refused of an export that was changed by somebody who makes its digest anew. */
  async function refusal(lines: readonly string[], change: (row: DataRow) => DataRow[]): Promise<string> {
    const { header, rows } = await openDataFile(each(lines));
    const { file_key: _, ...rest } = header;
    const all = (await Array.fromAsync(rows(undefined)).catch(() => rowsBetween(lines))).flatMap(change);
    const file = await Array.fromAsync(writeDataFile({ ...rest, kek_id: null }, all, undefined));
    const database = await createDatabase();
    const driver = await openDriver({ url: database.url, now });
    try {
      const error: unknown = await importData({
        lines: () => each(file),
        openFileKey: () => expect.unreachable('it has no secrets'),
        open: async () => driver,
        openKey: async () => key,
        now,
      }).catch((thrown: unknown) => thrown);
      return error instanceof WritError ? `${error.code}: ${error.message}` : String(error);
    } finally {
      await database.drop();
    }
  }
  const rowsBetween = (lines: readonly string[]): DataRow[] =>
    lines
      .slice(1, -1)
      .map((line) => ({ table: line.split('"')[3] ?? '', row: line.slice(line.indexOf('"row":') + 6, -1) }));
  const only = (table: string, change: (row: string) => string) => (row: DataRow) => [
    row.table === table ? { table, row: change(row.row) } : row,
  ];

  test('lets nobody in by a signing key, a password or anything else that only one with secrets has', async () => {
    const plain = await exported(source.store);
    const sealed = rowsBetween(await exported(source.store, { from: key, by: passphrase }));
    const strange = (table: string) => new RegExp(`^validation_failed: This file has rows that .*\\(${table}\\)`);
    const active = only('signing_keys', (row) => row.replace('"state":"retired"', '"state":"active"'));
    expect(await refusal(plain, active)).toMatch(strange('signing_keys'));
    const root = only('credentials', (row) => row.replace(/"replaced_at":"[^"]*"/, '"replaced_at":null'));
    expect(await refusal(plain, root)).toMatch(strange('credentials'));
    for (const [table, column] of [
      ['users', 'password_hash'],
      ['clients', 'secret_hash'],
    ] as const) {
      const hashed = only(table, (row) => row.replace(`"${column}":null`, `"${column}":"x"`));
      expect(await refusal(plain, hashed)).toMatch(strange(table));
    }
    for (const [table, before] of [
      ['sessions', 'connections'],
      ['one_time_links', 'connections'],
      ['kept_keys', 'guardrails'],
      ['checkpoint_keys', 'audit_checkpoints'],
    ] as const) {
      const more = sealed.filter((row) => row.table === table);
      expect(more.length, table).toBeGreaterThan(0);
      expect(await refusal(plain, (row) => (row.table === before ? [...more, row] : [row]))).toMatch(strange(table));
    }
  });

  test('is not made of one with secrets by taking the key out of its header', async () => {
    const lines = await exported(source.store, { from: key, by: passphrase });
    expect(await refusal(lines, (row) => [row])).toMatch(/rows that no Writ writes .*credentials.*kept_keys/);
  });

  test('has a sentence for a row that is no JSON object, or two of them', async () => {
    const plain = await exported(source.store);
    for (const change of [(row: string) => `${row},${row}`, (row: string) => `${row.slice(0, -1)},}`])
      expect(await refusal(plain, only('users', change))).toBe(
        'validation_failed: A row of the table users is not one that Writ writes.',
      );
  });
});
