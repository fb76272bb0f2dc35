/** A backup of every released schema is restored by this release: nothing is lost, and all that is sealed opens (docs/upgrade.md). */
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createSession, issueToken, type Services } from '@writ/broker';
import { verifyLog } from '@writ/core';
import { makeAuthorized } from '@writ/core/authorize';
import { DEFAULT_ORGANIZATION, exportAuditEvents, listCredentials } from '@writ/store';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BrokerParts, compose } from '../../apps/server/src/compose.ts';
import { systemContext } from '../../apps/server/src/system-context.ts';
import { getCheckpoint } from '../../packages/broker/src/audit/checkpoint.ts';
import { takeSnapshot } from '../../packages/store/src/data/index.ts';
import { readMigrations } from '../../packages/store/src/migrations.ts';
import { isNewer, minorOf } from '../../packages/store/src/versions.ts';
import { spawnServer } from '../support/broker-process.ts';
import { createDatabase } from '../support/postgres.ts';
import { makeRelease } from '../support/release.ts';
import { basic } from '../support/scene.ts';
import { filesBelow } from '../support/sources.ts';
import { DATABASES, OPENING } from '../support/store.ts';

/** The secrets of a fixture, all of them fake. */
interface Secrets {
  readonly email: string;
  readonly password: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly root_token: string;
}

const releases = filesBelow('test/fixtures/releases', ['.ndjson']).map(({ path, text }) => {
  const [header, ...lines] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { version: String(header.version), base: path.replace(/\.ndjson$/, ''), header, rows: lines.slice(0, -1) };
});
type Row = { readonly table: string; readonly row: Readonly<Record<string, unknown>> };

test('there is a fixture of the first release, and each is called as the release that made it', () => {
  expect(releases.map(({ version }) => version)).toContain('0.1.0');
  for (const { version, base } of releases) expect(base).toBe(`test/fixtures/releases/${version}`);
});

test('a migration that says no version, or an older one, was in a release of that version', () => {
  const newest = readMigrations().at(-1)?.version ?? '';
  for (const { name, version } of readMigrations().filter((each) => isNewer(newest, each.version))) {
    const of = releases.filter((release) => minorOf(release.version) === version);
    expect(
      of.flatMap(({ header }) => header.migrations),
      name,
    ).toContain(name);
  }
});

describe.each(releases)('a backup of $version', ({ base, header, rows }) => {
  test('is restored by a release of the next minor version: in the schema that made it, then migrated', async () => {
    const next = await makeRelease('0.9.0', {
      '9001_begin.sql': `-- version 0.9\nalter table clients add column noted boolean not null default false;\n-- rows: all of them\nupdate clients set noted = true;\n`,
    });
    const home = await mkdtemp(join(tmpdir(), 'writ-released-'));
    const database = await createDatabase();
    const env = { DATABASE_URL: database.url, WRIT_DATA_DIR: join(home, 'data'), HOME: home };
    const WRIT_KEY_FILE = await keyOf(base, home);
    const args = ['restore', `${base}.ndjson`];
    const restore = spawnServer({ env: { ...env, WRIT_KEY_FILE }, args, program: next.program });
    expect([await restore.ended, restore.stderr()]).toEqual([0, '']);
    const sql = postgres(database.url, { max: 1 });
    const clients = (rows as Row[]).filter(({ table }) => table === 'clients');
    expect(await sql`select noted from clients`).toHaveLength(clients.length);
    expect(await sql`select 1 from clients where noted is not true`).toHaveLength(0);
    expect(await sql`select name from writ_migrations where version = '0.9'`).toMatchObject([
      { name: '9001_begin.sql' },
    ]);
    await sql.end();
    await database.drop();
    await next.remove();
    await rm(home, { recursive: true, force: true });
  });

  describe.each(DATABASES)('on %s', (kind) => {
    let home: string;
    let secrets: Secrets;
    let broker: BrokerParts;
    let drop: (() => Promise<void>) | undefined;
    let said: string;
    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), 'writ-released-'));
      secrets = JSON.parse(await readFile(`${base}.json`, 'utf8'));
      const keyFile = await keyOf(base, home);
      const database = kind === 'postgres' ? await createDatabase() : undefined;
      drop = database?.drop;
      const dataDir = join(home, 'data');
      const env = { WRIT_DATA_DIR: dataDir, WRIT_KEY_FILE: keyFile, HOME: home };
      const restore = spawnServer({
        env: { ...env, ...(database && { DATABASE_URL: database.url }) },
        args: ['restore', `${base}.ndjson`],
      });
      expect([await restore.ended, restore.stderr()]).toEqual([0, '']);
      said = restore.stdout();
      broker = await open({ dataDir, keyFile, ...(database && { databaseUrl: database.url }) });
    }, OPENING);
    afterAll(async () => {
      await broker?.close();
      await drop?.();
      await rm(home, { recursive: true, force: true });
    });

    const organization_id = DEFAULT_ORGANIZATION;
    const of = (table: string) => (rows as Row[]).filter((each) => each.table === table).map(({ row }) => row);

    test('is restored whole: every row is there, in the schema of this release', async () => {
      expect(said).toContain(`up to entry ${header.log.seq} of the audit log`);
      const snapshot = await takeSnapshot(broker.services.store, { organization_id });
      expect(snapshot.migrations).toEqual(readMigrations().map(({ name }) => name));
      const found = new Map<string, Record<string, unknown>[]>();
      for await (const { table, row } of snapshot.rows())
        found.set(table, [...(found.get(table) ?? []), JSON.parse(row)]);
      for (const { table, row } of rows as Row[]) {
        const keyed = Object.entries(row).filter(([column]) => !CHANGED.includes(`${table}.${column}`));
        expect(found.get(table), table).toContainEqual(expect.objectContaining(Object.fromEntries(keyed)));
      }
      expect(found.size).toBeGreaterThan(30);
    });

    test('has the log that was signed, which goes on with the restore', async () => {
      const log = await Array.fromAsync(exportAuditEvents(broker.services.store.db, { organization_id }));
      const signed = of('audit_checkpoints').map(({ size, root }) => ({
        name: `the checkpoint of ${size}`,
        size: Number(size),
        root: Buffer.from(String(root).slice(2), 'hex'),
      }));
      expect(await verifyLog(log, { signed: signed.slice(-1), head: header.log })).toMatchObject({ whole: true });
      expect(JSON.parse(log[log.length - 1] ?? '')).toMatchObject({
        kind: 'database.restored',
        data: { log: header.log },
      });
      const { size } = await getCheckpoint(systemContext(broker.services), {});
      expect(size).toBeGreaterThan(Number(signed.at(-1)?.size));
    });

    test('opens what is sealed: the root credential, keys that sign, hashes of the password and of the client secret', async () => {
      const { services } = broker;
      expect(await rootToken(services, of('connections')[0] ?? {})).toBe(secrets.root_token);
      const asked = { ...systemContext(services), actor: { kind: 'public' as const }, address: '192.0.2.1' };
      const { email, password } = secrets;
      expect((await createSession(asked, { email, password, client: 'browser' })).token.expose()).not.toBe('');
      const { client_id, client_secret: secret } = secrets;
      const authorization = basic({ client_id, secret });
      const reply = await issueToken(asked, { form: 'grant_type=client_credentials', authorization });
      expect(reply).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    });
  });
});

/** Puts the key file of a fixture where a broker takes it from. */
async function keyOf(base: string, home: string): Promise<string> {
  const keyFile = join(home, 'config', 'key');
  await mkdir(dirname(keyFile), { mode: 0o700 });
  await copyFile(`${base}.key`, keyFile);
  await chmod(keyFile, 0o600);
  return keyFile;
}

/** What a restore changes: what was valid then ends, and the log goes on. */
const CHANGED = [
  'sessions.revoked_at',
  'one_time_links.used_at',
  'tokens.revoked_at',
  'epochs.epoch',
  'audit_head.seq',
  'audit_head.hash',
  'audit_head.change_seq',
];

function open(place: { readonly dataDir: string; readonly keyFile: string; readonly databaseUrl?: string }) {
  const ignore = (): void => undefined;
  const onLost = (error: Error): never => {
    throw error;
  };
  const listening = { publicUrl: 'http://localhost:8700', publicUrlIsLoopback: true, host: '127.0.0.1', port: 8700 };
  const config = { ...place, ...listening, privateUpstreams: [], trustedProxies: [], warnings: [] };
  return compose(config, { log: { info: ignore, warn: ignore, error: ignore }, onLost });
}

async function rootToken({ store, vault, organization_id }: Services, connection: Row['row']): Promise<string> {
  const connection_id = String(connection['id']);
  const [credential] = await listCredentials(store.db, { organization_id, connection_id });
  if (credential === undefined) throw new Error('no root credential was restored');
  const { id: credential_id, origin, version, sealed } = credential;
  const forward = { method: 'POST', path: '/graphql/v2', query: '', headers: {}, body: new Uint8Array() };
  const environments = ['staging'];
  const authorized = makeAuthorized({
    kind: 'request',
    connection_id,
    origin,
    environments,
    request_id: 'req_1',
    forward,
  });
  const context = { organization_id, connection_id, credential_id, origin, version };
  return (await vault.openCredential(sealed, { context, authorized })).expose();
}
