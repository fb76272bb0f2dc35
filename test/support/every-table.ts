/** One row in every table of the schema. */
import { DATA_TABLES } from '../../packages/store/src/data/tables.ts';
import { DEFAULT_ORGANIZATION, type Store } from '../../packages/store/src/store.ts';

const organization_id = DEFAULT_ORGANIZATION;

/** Values that a careless copy changes: quotes, line breaks, numbers beyond a double, JSON's null, microseconds, bytes. */
const AWKWARD: Readonly<Record<string, string>> = {
  text: String.raw`E'it''s "x"\n\t\\ \u0001 \u2028 \u202e é 🔐'`,
  jsonb: `'{"a":null,"n":12345678901234567890.123456789,"t":"\\u2028\\"\\\\n","l":[[],{}]}'`,
  'timestamp with time zone': `'2026-02-03 04:05:06.789123+00'`,
  boolean: 'true',
  integer: '2147483647',
  bigint: '9007199254740993',
  bytea: String.raw`'\x00ff5c0a'`,
  ARRAY: `array['a,b', null, '"']`,
};

/** Values that a check of the table demands. */
const VALID: Readonly<Record<string, string>> = {
  'allowances.ended_at': 'null',
  'allowances.ended_why': 'null',
  'approvals.state': `'approved'`,
  'holds.state': `'waiting'`,
  'holds.waits_for_release': 'false',
  'holds.claimed_at': 'null',
  'holds.ended_at': 'null',
  'kept_bodies.part': `'request'`,
  'token_requests.ended_at': 'null',
  'user_ties.kind': `'invited'`,
};

/** What a new database has, and what the log fills itself. */
const THE_LOGS_OWN = ['organizations', 'audit_head', 'audit_events', 'audit_tree', 'audit_tiles'];

/** The value, as SQL, that a test wants in a column; undefined for the one that there is. */
export type OwnValues = (table: string, column: string) => string | undefined;

/** One row in every table outside of the log. Whatever is an id is called `x`, so that what refers to another row finds it. */
export async function fillEveryTable({ driver }: Store, own: OwnValues = () => undefined): Promise<void> {
  await driver.script(async (run) => {
    const columns = await run({
      text: `select table_name, column_name, data_type, exists (select from information_schema.key_column_usage k
          where k.table_schema = 'public' and k.table_name = c.table_name and k.column_name = c.column_name) as is_key
        from information_schema.columns c where table_schema = 'public' order by ordinal_position`,
    });
    for (const table of DATA_TABLES.filter((name) => !THE_LOGS_OWN.includes(name))) {
      const its = columns.rows.filter((row) => row['table_name'] === table);
      const names = its.map((row) => String(row['column_name']));
      const values = its.map((row, at) => own(table, names[at] ?? '') ?? someValue(table, row));
      await run({ text: `insert into ${table} ("${names.join('", "')}") values (${values.join(', ')})` });
    }
    await run({ text: `insert into vault_keys values ('${organization_id}', 'old', now(), now())` });
  });
}

function someValue(table: string, row: Readonly<Record<string, unknown>>): string {
  const [column, type] = [String(row['column_name']), String(row['data_type'])];
  if (column === 'organization_id') return `'${organization_id}'`;
  const valid = VALID[`${table}.${column}`];
  if (valid !== undefined) return valid;
  if (row['is_key'] === true && type === 'text') return `'x'`;
  if (table === 'vault_keys' && column === 'replaced_at') return 'null';
  if (column.endsWith('_seq')) return '0';
  if (column === 'expires_at') return `'2099-01-01'`;
  if (['revoked_at', 'used_at'].includes(column)) return 'null';
  const value = AWKWARD[type];
  if (value === undefined) throw new Error(`no value for ${type}`);
  return value;
}
