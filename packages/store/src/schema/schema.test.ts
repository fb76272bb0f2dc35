import { is, type SQL, sql } from 'drizzle-orm';
import { getTableConfig, PgDialect, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATABASES, OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { refreshStatistics } from '../statistics.ts';
import * as schema from './index.ts';

const tables = Object.values(schema)
  .filter((value) => is(value, PgTable))
  .map((table) => getTableConfig(table));

const dialect = new PgDialect();
const textOf = (fragment: SQL | undefined): string => (fragment ? dialect.sqlToQuery(fragment).sql : '');
const nameOf = (column: object): string => ('name' in column ? String(column.name) : '');

function declared() {
  return {
    columns: tables.flatMap(({ name, columns }) =>
      columns.map((column) => `${name}.${column.name} ${column.getSQLType()} ${column.notNull ? 'not null' : 'null'}`),
    ),
    primaryKeys: tables.flatMap(({ name, primaryKeys }) =>
      primaryKeys.map((key) => `${name} ${key.getName()} (${key.columns.map(nameOf).join(', ')})`),
    ),
    indexes: tables.flatMap(({ name, indexes }) =>
      indexes.map(({ config }) => {
        const columns = config.columns.map(nameOf).filter(Boolean).join(', ');
        return `${name} ${config.name}${config.unique ? ' unique' : ''} (${columns}) ${bare(textOf(config.where))}`;
      }),
    ),
    foreignKeys: tables.flatMap(({ name, foreignKeys }) =>
      foreignKeys.map((key) => {
        const { columns, foreignColumns, foreignTable } = key.reference();
        const target = `${getTableConfig(foreignTable).name}(${foreignColumns.map(nameOf).join(', ')})`;
        const cascade = key.onDelete === 'cascade' ? ' ON DELETE CASCADE' : '';
        const update = key.onUpdate === 'cascade' ? ' ON UPDATE CASCADE' : '';
        return `${name} ${key.getName()} FOREIGN KEY (${columns.map(nameOf).join(', ')}) REFERENCES ${target}${update}${cascade}`;
      }),
    ),
  };
}

/** A condition without the parentheses and casts that Postgres adds. */
function bare(condition: string): string {
  return condition.replace(/[()]|::\w+/g, '').toLowerCase();
}

const COLUMNS = sql`select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || case when a.attnotnull then ' not null' else ' null' end as line, pg_get_expr(d.adbin, d.adrelid) as "default"
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'writ_migrations'`;

const INDEXES = sql`select t.relname || ' ' || i.relname || case when x.indisunique and not x.indisprimary then ' unique' else '' end
    || ' (' || (select string_agg(a.attname, ', ' order by k.ord) from unnest(x.indkey) with ordinality k(num, ord)
      join pg_attribute a on a.attrelid = t.oid and a.attnum = k.num) || ')' as line,
    x.indisprimary as "primary", coalesce(pg_get_expr(x.indpred, x.indrelid), '') as condition
  from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
  where t.relnamespace = 'public'::regnamespace and t.relname <> 'writ_migrations'`;

const CONSTRAINTS = sql`select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) as line
  from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`;

const OTHERS = sql`select conname as line from pg_constraint where contype not in ('f', 'p', 'n')
  and connamespace = 'public'::regnamespace order by conname`;

/** The checks of the tables: what a row may say stands in the migrations alone. */
const CHECKS = [
  'allowances_ended_check',
  'allowances_requester_check',
  'allowances_used_check',
  'approval_votes_requester_check',
  'approvals_quorum_check',
  'approvals_state_check',
  'hold_votes_requester_check',
  'holds_state_check',
  'kept_bodies_part_check',
  'user_ties_kind_check',
];

/** Columns that a table was given later: an older broker beside this one makes rows without them. */
const DEFAULTS = [
  `approvals.grant_ids '{}'::text[]`,
  `holds.grant_ids '{}'::text[]`,
  'holds.protected true',
  'holds.quorum 1',
  `holds.requesters '{}'::text[]`,
  'holds.sole_approver false',
];

async function rowsOf({ store }: TestStore, query: SQL): Promise<Record<string, unknown>[]> {
  const result: unknown = await store.db.execute(query);
  const rows: unknown = Array.isArray(result) ? result : Object(result).rows;
  return Array.isArray(rows) ? rows : [];
}

describe.each(DATABASES)('the migrated database, %s', (kind) => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await openTestStore(kind);
  }, OPENING);
  afterAll(() => opened.dispose());

  test('has the very columns of the schema, and no defaults but of columns that were added', async () => {
    const rows = await rowsOf(opened, COLUMNS);
    expect(rows.map(({ line }) => line).sort()).toEqual(declared().columns.sort());
    const defaults = rows.filter((row) => row['default'] !== null);
    const named = defaults.map((row) => `${`${row['line']}`.replace(/ .*/, '')} ${row['default']}`);
    expect(named.sort()).toEqual(DEFAULTS);
  });

  test('has the very keys and indexes of the schema', async () => {
    const rows = await rowsOf(opened, INDEXES);
    const lines = (primary: boolean): string[] =>
      rows
        .filter((row) => row['primary'] === primary)
        .map(({ line, condition }) => (primary ? `${line}` : `${line} ${bare(`${condition}`)}`))
        .sort();
    expect(lines(true)).toEqual(declared().primaryKeys.sort());
    expect(lines(false)).toEqual(declared().indexes.sort());
    expect((await rowsOf(opened, CONSTRAINTS)).map(({ line }) => line).sort()).toEqual(declared().foreignKeys.sort());
    expect((await rowsOf(opened, OTHERS)).map(({ line }) => line)).toEqual(CHECKS);
  });

  test('begins every key and index with the organization', async () => {
    const rows = await rowsOf(opened, INDEXES);
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter(({ line }) => !`${line}`.includes('(organization_id'))).toEqual([]);
    const foreign = await rowsOf(opened, CONSTRAINTS);
    expect(foreign.filter(({ line }) => !/KEY \(organization_id.*\(organization_id/.test(`${line}`))).toEqual([]);
  });

  test('the database is told how much the tables that grow hold, as an embedded one never finds out by itself', async () => {
    const { driver } = opened.store;
    const text = "select reltuples::integer as rows from pg_class where relname = 'audit_events'";
    // -1: not counted yet.
    expect((await driver.script((run) => run({ text }))).rows).toEqual([{ rows: -1 }]);
    await refreshStatistics(driver);
    expect((await driver.script((run) => run({ text }))).rows).toEqual([{ rows: 0 }]);
  });
});
