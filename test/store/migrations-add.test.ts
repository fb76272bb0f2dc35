/** Releases of one minor version run side by side on one database, so within a minor version migrations only add (docs/upgrade.md). */
import { readFileSync } from 'node:fs';
import { VERSION } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { readMigrations } from '../../packages/store/src/migrations.ts';
import { isNewer, minorOf } from '../../packages/store/src/versions.ts';
import { filesBelow } from '../support/sources.ts';
import { functionsOf, notAdditions } from './additions.ts';

const migrations = readMigrations();

/** What was changed before the first release: no broker ran beside it. Nothing is ever added here. */
const BEFORE_THE_FIRST_RELEASE: Readonly<Record<string, readonly string[]>> = {
  '0010_allow_one_active_key_per_algorithm.sql': [
    'DropStmt is not known to be an addition',
    'a unique index on signing_keys: older releases write doubles',
  ],
};

test('every migration adds, but for the first of a minor version where it says why', async () => {
  const functions = new Set<string>();
  for (const [index, { name, text, version }] of migrations.entries()) {
    const isFirst = migrations[index - 1]?.version !== version;
    expect(await notAdditions({ text, isFirst, functions }), name).toEqual(BEFORE_THE_FIRST_RELEASE[name] ?? []);
    for (const made of await functionsOf(text)) functions.add(made);
  }
  expect(functions).toContain('record_audit_batch');
});

test('every migration belongs to this minor version or an earlier one, in order', () => {
  for (const [index, { name, text, version }] of migrations.entries()) {
    const lines = text.split('\n').filter((line) => /^--\s*version\b/i.test(line));
    if (lines.length > 0) expect(lines, name).toEqual([`-- version ${version}`]);
    expect(isNewer(version, minorOf(VERSION)), `${name} is newer than ${VERSION}`).toBe(false);
    expect(isNewer(migrations[index - 1]?.version ?? version, version), `${name} is older than the one before it`).toBe(
      false,
    );
  }
});

test('all packages are of the version that the programs say', () => {
  const packages = ['package.json', ...['apps', 'packages'].flatMap((folder) => manifestsBelow(folder))];
  expect(packages.length).toBeGreaterThan(10);
  for (const path of packages) {
    const { version } = JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
    expect(version, path).toBe(VERSION);
  }
});

function manifestsBelow(folder: string): string[] {
  return filesBelow(folder, ['package.json']).map(({ path }) => path);
}

describe('refuses', () => {
  const functions = new Set(['known']);
  test.each<[string, RegExp]>([
    ['drop table clients', /DropStmt/],
    ['drop index clients_owner_idx', /DropStmt/],
    ['drop function known(text)', /DropStmt/],
    ['alter table clients rename to programs', /RenameStmt/],
    ['alter table clients rename column name to title', /RenameStmt/],
    ['alter index clients_owner_idx rename to x', /RenameStmt/],
    ['alter table clients drop column name', /AT_DropColumn of clients/],
    ['alter table clients add column x text, drop column name', /AT_DropColumn of clients/],
    ['alter table clients alter column name type varchar(9)', /AT_AlterColumnType/],
    ['alter table clients alter column name set not null', /AT_SetNotNull/],
    ['alter table clients alter column name drop not null', /AT_DropNotNull/],
    [`alter table clients alter column name set default 'x'`, /AT_ColumnDefault/],
    ['alter table clients add constraint c check (name <> kind)', /AT_AddConstraint/],
    ['alter table clients add constraint c unique (name) not deferrable', /AT_AddConstraint/],
    ['alter table clients enable row level security', /AT_EnableRowSecurity/],
    ['alter table clients set schema other', /AlterObjectSchemaStmt/],
    ['alter table clients add column x text not null', /clients\.x: not null without a default/],
    ['alter table clients add column x text unique', /CONSTR_UNIQUE/],
    [`alter table clients add column x text check (x <> '')`, /CONSTR_CHECK/],
    ['alter table clients add column x text references other (id)', /CONSTR_FOREIGN/],
    ['alter table clients add column x int generated always as (1) stored', /CONSTR_GENERATED/],
    ['alter table clients add column x int generated always as identity', /CONSTR_IDENTITY/],
    ['alter table clients add column x timestamptz not null default clock_timestamp()', /no constant/],
    ['create unique index x on clients (organization_id, name)', /unique index on clients/],
    ['create index concurrently x on clients (organization_id, name)', /concurrently/],
    ['create table if not exists clients (x text)', /may be there already/],
    ['create table x (y text) inherits (clients)', /part of another table/],
    ['create table x (y text references tasks (id))', /reference to tasks/],
    [
      'create table x (y text); alter table x add constraint f foreign key (y) references tasks (id)',
      /reference to tasks/,
    ],
    ['create or replace function known() returns int language sql as $$ select 1 $$', /another function known/],
    ['create or replace function other() returns int language sql as $$ select 1 $$', /another function other/],
    ['create function known(x int) returns int language sql as $$ select 1 $$', /another function known/],
    ['create trigger t before insert on clients execute function known()', /CreateTrigStmt/],
    ['create rule r as on insert to clients do instead nothing', /RuleStmt/],
    ['create policy p on clients', /CreatePolicyStmt/],
    ['revoke select on clients from public', /GrantStmt/],
    ['delete from clients', /rows of clients/],
    [`update clients set name = ''`, /rows of clients/],
    [`insert into clients values ('x')`, /rows of clients/],
    ['-- rows:\ndelete from clients', /rows of clients/],
    [
      'create table x (y text); with d as (delete from clients returning 1) insert into x select * from d',
      /rows of clients/,
    ],
    ['merge into clients using x on true when matched then delete', /MergeStmt/],
    ['truncate clients', /TruncateStmt/],
    ['do $$ begin drop table clients; end $$', /DoStmt/],
    ['select known()', /SelectStmt/],
    ['lock table clients', /LockStmt/],
    ['set local search_path = x', /VariableSetStmt/],
    ['create table x (y text); commit', /TransactionStmt/],
    ['create table x (y text); drop table clients', /DropStmt/],
    ['-- changes: it is not used any more\ndrop table clients', /DropStmt/],
  ])('%s', async (text, why) => {
    expect((await notAdditions({ text, functions })).join('\n')).toMatch(why);
  });

  test('what is no SQL', async () => {
    await expect(notAdditions({ text: 'create tabel x ()' })).rejects.toThrow(/tabel/);
  });

  test('the end of the transaction, also where more may be changed', async () => {
    const text = '-- changes: it is not used any more\ncommit';
    expect(await notAdditions({ text, isFirst: true })).toEqual([expect.stringContaining('TransactionStmt')]);
  });
});

test.each([
  'create table x (y text not null unique, z text references y (id) on delete cascade, check (y <> z)); create unique index i on x (z)',
  'create table x (y text references connections (id), z text references x (y))',
  'create index i on clients (organization_id, name)',
  'alter table clients add column x text',
  'alter table clients add column if not exists x boolean not null default false',
  `alter table clients add column x jsonb not null default '{}'::jsonb`,
  'create function other(x int) returns int language sql as $$ delete from clients returning 1 $$',
  `create table x (y text); insert into x values ('z'); update x set y = 'a'; delete from x; alter table x alter column y set not null`,
  `alter table clients add column x text;\n-- rows: the new column only, which older releases do not read\nupdate clients set x = name`,
  `comment on table clients is 'OAuth clients'`,
])('takes for an addition: %s', async (text) => {
  expect(await notAdditions({ text, functions: new Set(['known']) })).toEqual([]);
});

test('the first of a minor version may change what it says why, statement by statement', async () => {
  const text =
    '-- version 0.2\n-- changes: nothing reads it since 0.1.4\nalter table clients drop column x;\ndrop table users';
  expect(await notAdditions({ text, isFirst: true })).toEqual([expect.stringContaining('DropStmt')]);
});
