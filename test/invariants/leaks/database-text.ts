import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect } from 'vitest';

/** Every row of every table, as text. */
export async function rowsOf(url: string): Promise<string> {
  const sql = postgres(url, { max: 1 });
  try {
    const tables = await sql<
      { name: string }[]
    >`select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`;
    expect(tables.length).toBeGreaterThan(15);
    const texts: string[] = [];
    for (const { name } of tables) {
      const rows = await sql.unsafe<{ row: string }[]>(`select to_jsonb(t)::text as row from ${name} t`);
      texts.push(...rows.map(({ row }) => row));
    }
    return texts.join('\n');
  } finally {
    await sql.end();
  }
}

/**
 * Every byte of every file of the embedded database: what was deleted is there too. What cannot make a difference is there once: files that
 * are the same, and zeros in a row.
 */
export async function filesOf(folder: string): Promise<string> {
  const texts = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'latin1');
    const parts = text.split('\0'.repeat(64));
    texts.add(parts.filter((part) => part !== '').join('\0'));
  }
  return [...texts].join('\n');
}
