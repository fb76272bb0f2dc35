/** Releases that meet on one database, as real processes: they run side by side within a minor version, and a newer one takes it over. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ApiClient, createClient } from '@writ/api';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../support/broker.ts';
import { spawnServer } from '../support/broker-process.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { signIn } from '../support/owner.ts';
import { makeRelease, type Release } from '../support/release.ts';
import {
  type Agent,
  basic,
  GRAPHQL_HEADERS,
  type Issued,
  openScene,
  readStaging,
  refusalOf,
  type Scene,
  sender,
} from '../support/scene.ts';
import { type RawAnswer, sendRaw } from '../support/wire.ts';
import { wholeLog } from './failures/whole-log.ts';

const ADDED = {
  '9001_add_notes.sql': `create table notes (organization_id text not null, id text not null, about text not null,
  constraint notes_pkey primary key (organization_id, id),
  constraint notes_about_fkey foreign key (organization_id, about) references clients (organization_id, client_id));
create index notes_about_idx on notes (organization_id, about);
alter table clients add column noted boolean not null default false;
alter table audit_events add column noted text;
create function count_notes() returns bigint language sql as $$ select count(*) from notes $$;
`,
};
const BEGUN = { '9002_begin_next_minor.sql': '-- version 0.2\ncreate table begun (organization_id text not null);\n' };

let later: Release;
let nextMinor: Release;
beforeAll(async () => {
  later = await makeRelease('0.1.1', ADDED);
  nextMinor = await makeRelease('0.2.0', { ...ADDED, ...BEGUN });
});
afterAll(async () => {
  await later.remove();
  await nextMinor.remove();
});

/** What a release of 0.1 says of a database of 0.2, at the end of its output. */
const belongsTo = (version: string): RegExp =>
  new RegExp(
    `^writ: The database \\S+ belongs to Writ 0\\.2 now, which has migrated it, and this is Writ ${version}: start Writ 0\\.2 or a later one, or, to go back to 0\\.1, restore the backup that was made before the upgrade \\(writ restore\\) into an empty database\\.\n$`,
    'm',
  );

/** To serve, and to do anything else. */
const COMMANDS: readonly string[][] = [[], ['user', 'reset', 'owner@example.com']];

/** Starts this release where a broker was, and expects that it refuses the database in one sentence. */
async function expectRefused({ env }: Broker, commands = COMMANDS): Promise<void> {
  for (const args of commands) {
    const refused = spawnServer({ env, args });
    expect(await refused.ended).toBe(1);
    expect(refused.stderr()).toMatch(belongsTo('0.1.0'));
    expect(refused.stdout()).toBe('');
  }
}

const PUBLIC = 'WRIT_PUBLIC_URL';

describe('on Postgres', { timeout: 180_000 }, () => {
  let story: Scene;
  let newer: Broker;
  const start = (program: string): Promise<Broker> =>
    startBroker({ beside: story.broker, program, env: { [PUBLIC]: story.broker.url } });
  beforeAll(async () => {
    story = await openScene();
    newer = await start(later.program);
  }, 180_000);
  afterAll(async () => {
    await newer?.remove();
    await story?.close();
  });

  const both = () => [story.broker, newer];
  /** A broker by its own port: all have one name. */
  const urlOf = (broker: Broker): string => `http://localhost:${broker.env['WRIT_PORT']}`;
  const read = (broker: Broker, { access_token }: Issued): Promise<RawAnswer> => {
    const body = JSON.stringify({ query: readStaging() });
    const lines = [
      `Host: ${new URL(story.broker.url).host}`,
      `Authorization: Bearer ${access_token}`,
      ...Object.entries(GRAPHQL_HEADERS).map(([name, value]) => `${name}: ${value}`),
      `Content-Length: ${body.length}`,
    ];
    return sendRaw(urlOf(broker), { method: 'POST', target: '/gateway/railway/graphql/v2', lines, body });
  };
  const issueAt = async (broker: Broker, agent: Agent): Promise<Issued> => {
    const headers = { authorization: basic(agent) };
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const { status, text } = await sender(urlOf(broker))('/oauth/token', { method: 'POST', headers, body });
    expect(status).toBe(200);
    return JSON.parse(text);
  };
  const ownerAt = (broker: Broker): ApiClient =>
    createClient({ baseUrl: urlOf(broker), fetch, headers: { cookie: story.owner.cookie } });

  test('what one release makes and issues, the other takes, whichever it was', async () => {
    for (const maker of both()) {
      const { client_id, secret } = await story.client();
      const { assertion } = story.owner;
      await ownerAt(maker).call('clients.patch', { id: client_id, name: 'Renamed Client' }, { assertion });
      const issued = await issueAt(maker, { client_id, secret });
      for (const broker of both()) expect((await read(broker, issued)).status).toBe(200);
    }
  });

  test('a freeze by either holds at the other on its very next request', async () => {
    const issued = await story.token();
    for (const [by, other] of [both(), both().toReversed()] as [Broker, Broker][]) {
      expect((await read(other, issued)).status).toBe(200);
      const { id } = await ownerAt(by).call('freeze.create', { connection: 'railway', reason: 'test' });
      expect(refusalOf(await read(other, issued))).toEqual([403, 'frozen']);
      await ownerAt(by).call('freeze.delete', { id }, { assertion: story.owner.assertion });
      await eventually(async () => expect((await read(other, issued)).status).toBe(200));
    }
  });

  test('the older one starts again on what the newer one has added, says so, and serves', async () => {
    const issued = await story.token();
    await story.broker.stop();
    expect((await read(newer, issued)).status).toBe(200);
    await story.broker.restart();
    expect(story.broker.logs()).toContain('a later release has added 9001_add_notes.sql to the database');
    expect((await read(story.broker, issued)).status).toBe(200);
    expect((await read(newer, await issueAt(story.broker, await story.client()))).status).toBe(200);
    await wholeLog(story);
  });

  test('a newer minor version that could not serve leaves the database to the older ones', async () => {
    const url = String(story.broker.env['DATABASE_URL']);
    const sql = postgres(url, { max: 1 });
    const other = join(await mkdtemp(join(tmpdir(), 'writ-key-')), 'key');
    await writeFile(other, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    const faults: [Record<string, string>, RegExp][] = [
      [{ WRIT_PORT: String(await freePort()), WRIT_KEY_FILE: other }, /holds another key/],
      [{ WRIT_PORT: String(story.broker.env['WRIT_PORT']) }, /is in use/],
    ];
    for (const [wrong, why] of faults) {
      const refused = spawnServer({ env: { ...story.broker.env, ...wrong }, program: nextMinor.program });
      expect(await refused.ended).toBe(1);
      expect(refused.stderr()).toMatch(why);
      expect(await sql`select distinct version from writ_migrations`).toMatchObject([{ version: '0.1' }]);
    }
    await sql.end();
    await rm(dirname(other), { recursive: true });
  });

  test('once a newer minor version has migrated it, the older ones end by themselves, and one that starts is refused', async () => {
    const issued = await story.token();
    const newest = await start(nextMinor.program);
    try {
      expect(await Promise.all(both().map((broker) => broker.ended()))).toEqual([1, 1]);
      expect(story.broker.logs()).toMatch(belongsTo('0.1.0'));
      expect(newer.logs()).toMatch(belongsTo('0.1.1'));
      expect((await read(newest, issued)).status).toBe(200);
      await newest.stop();
      const url = String(story.broker.env['DATABASE_URL']);
      const before = await contents(url);
      await expectRefused(story.broker);
      expect(await contents(url)).toEqual(before);
      await newest.restart();
      expect((await read(newest, issued)).status).toBe(200);
    } finally {
      await newest.remove();
    }
  });
});

/** Every table with its columns, and how often each was written to since the database was made. */
async function contents(url: string): Promise<readonly object[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const tables = await sql<{ name: string; columns: string[] }[]>`
    select table_name as name, array_agg(column_name || ' ' || data_type order by ordinal_position) as columns
    from information_schema.columns where table_schema = 'public' group by 1 order by 1`;
  const rows = [];
  for (const { name, columns } of tables) {
    const [digest] = await sql`select count(*), md5(string_agg(t::text, '|' order by t::text)) from ${sql(name)} t`;
    rows.push({ name, columns, ...digest });
  }
  await sql.end();
  expect(rows.length).toBeGreaterThan(30);
  return rows;
}

test('on the embedded database: newer, older, newer again; a newer minor version refuses the older', {
  timeout: 180_000,
}, async () => {
  const first = await startBroker();
  const again = (program?: string): Promise<Broker> => startBroker({ beside: first, ...(program && { program }) });
  try {
    const owner = await first.owner();
    await first.stop();
    const newer = await again(later.program);
    const { url } = newer;
    expect((await signIn(url, owner)).cookie).not.toBe(owner.cookie);
    await newer.stop();
    await first.restart();
    expect(first.logs()).toContain('a later release has added 9001_add_notes.sql');
    const { client } = await signIn(first.url, owner);
    await client.call('freeze.create', { all: true, reason: 'test' });
    await first.stop();
    const newest = await again(nextMinor.program);
    const seen = await signIn(newest.url, owner);
    expect((await seen.client.call('freeze.list')).items).toHaveLength(1);
    await newest.stop();
    await expectRefused(first, COMMANDS.slice(0, 1));
    await newest.restart();
    await signIn(newest.url, owner);
    await newest.stop();
  } finally {
    await first.remove();
  }
});
