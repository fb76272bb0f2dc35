import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileKey, Secret, WritError } from '@writ/core';
import { makeAuthorized } from '@writ/core/authorize';
import { listKeptKeys, openDriver, openStore, type Store } from '@writ/store';
import { sealFor } from '@writ/tokens';
import { createVault, LocalKey } from '@writ/vault';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BODY,
  credential,
  each,
  exported,
  fill,
  newKey,
  organization_id,
  PASSWORD_HASH,
  pair,
  passphrase,
  ROOT,
  SECRET_HASH,
  SIGNING,
  TOKEN_HASH,
  URL_OF,
} from '../../../../test/support/exports.ts';
import { createDatabase } from '../../../../test/support/postgres.ts';
import { type DatabaseKind, OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { DATA_TABLES } from '../../../store/src/data/tables.ts';
import { type FileSecret, newFileKey, openFileKey } from './file-key.ts';
import { type Imported, importData } from './import.ts';

const now = Date.now;

interface Target {
  readonly store: Store;
  readonly imported: Imported;
  readonly close: () => Promise<void>;
}

/** Imports into a new place of its own. */
async function imported(
  kind: DatabaseKind,
  lines: readonly string[],
  use: { key: LocalKey; by?: FileSecret },
): Promise<Target> {
  const home = await mkdtemp(join(tmpdir(), 'writ-import-'));
  const database = kind === 'postgres' ? await createDatabase() : undefined;
  const place = database === undefined ? { dataDir: join(home, 'data'), now } : { url: database.url, now };
  const result = await importData({
    lines: () => each(lines),
    openFileKey: (file) => openFileKey(file, use.by ?? expect.unreachable('it has no secrets'), randomBytes),
    open: () => openDriver(place),
    openKey: async () => use.key,
    now,
  });
  const store = await openStore(place);
  const close = async (): Promise<void> => {
    await store.close();
    await database?.drop();
    await rm(home, { recursive: true, force: true });
  };
  return { store, imported: result, close };
}

const rowsOf = (lines: readonly string[], table: string) =>
  lines.filter((line) => line.startsWith(`{"table":"${table}"`));

/** What is sealed, without how it is wrapped. */
const unwrapped = (rows: readonly string[]): string[] =>
  rows.map((row) => row.replaceAll(/ ?"(kek_id|wrapped_dek)": ?"(local_|[\w-]{70,})[^"]*"/g, '').replaceAll(' ', ''));

/** What ends with a move, or goes on. */
const MOVED = [
  'sessions',
  'one_time_links',
  'tokens',
  'approvals',
  'allowances',
  'token_requests',
  'holds',
  'hold_votes',
  'epochs',
  'audit_head',
  'backup_schedule',
  'audit_events',
  'vault_keys',
  'kept_keys',
  'deliveries',
  'notified',
];
const STAYS = DATA_TABLES.filter((name) => !MOVED.includes(name));

// Between the two kinds, so that each is read once and written once; from a kind to itself: packages/store/src/data/data.test.ts.
describe.each<[DatabaseKind, DatabaseKind]>([
  ['embedded', 'postgres'],
  ['postgres', 'embedded'],
])('an export of a database on %s', (from, to) => {
  let source: TestStore;
  const key = newKey();
  beforeAll(async () => {
    source = await openTestStore(from);
    await fill(source.store, key);
  }, OPENING);
  afterAll(() => source.dispose());

  test(`without secrets has none, and what goes into one on ${to} is all the rest`, { timeout: OPENING }, async () => {
    const lines = await exported(source.store);
    const text = lines.join('\n');
    for (const secret of [PASSWORD_HASH, SECRET_HASH, TOKEN_HASH, '"ct"', '"wrapped_dek"', key.kekId])
      expect(text).not.toContain(secret);
    const { store, imported: result, close } = await imported(to, lines, { key: newKey() });
    try {
      expect(result.missing).toMatchObject({
        owners: [expect.any(String)],
        connections: [expect.any(String)],
        clients: ['x'],
      });
      const again = await exported(store);
      for (const table of STAYS) expect(rowsOf(again, table), table).toEqual(rowsOf(lines, table));
      const log = rowsOf(lines, 'audit_events');
      const now = rowsOf(again, 'audit_events');
      expect(now.slice(0, log.length)).toEqual(log);
      expect(now.slice(log.length).join()).toMatch(/database\.imported.*database\.exported/);
    } finally {
      await close();
    }
  });

  test(`with secrets loses nothing on its way to one on ${to}`, { timeout: OPENING }, async () => {
    const lines = await exported(source.store, { from: key, by: passphrase });
    const text = lines.join('\n');
    for (const secret of [ROOT, SIGNING, BODY, URL_OF, passphrase.passphrase.expose()])
      expect(text).not.toContain(secret);
    const fresh = newKey();
    const { store, imported: result, close } = await imported(to, lines, { key: fresh, by: passphrase });
    try {
      expect(result.ended).toEqual({ sessions: 1, links: 1, tokens: 1 });
      const again = await exported(store, { from: fresh, by: { key: pair.publicKey } });
      for (const table of STAYS)
        expect(unwrapped(rowsOf(again, table)), table).toEqual(unwrapped(rowsOf(lines, table)));
      expect(rowsOf(again, 'clients')[0]).toContain(`"${key.kekId}:${SECRET_HASH}"`);
      expect(rowsOf(again, 'users')[0]).toContain(`"${key.kekId}:${PASSWORD_HASH}"`);
      await expectOpens(store, { fresh, old: key });
    } finally {
      await close();
    }
  });
});

test('moved to the same key and on again, what it kept is kept once', { timeout: OPENING }, async () => {
  const key = newKey();
  const source = await openTestStore('postgres');
  const by = { key: pair.publicKey };
  const use = { key, by: { key: pair.privateKey } };
  await fill(source.store, key);
  const once = await imported('postgres', await exported(source.store, { from: key, by }), use);
  const twice = await imported('postgres', await exported(once.store, { from: key, by }), use);
  await expectOpens(twice.store, { fresh: key, old: key });
  for (const place of [once, twice]) await place.close();
  await source.dispose();
});

/** Everything that was sealed opens with the new key, and the keys of old hashes and digests are there. */
async function expectOpens(store: Store, { fresh, old }: { fresh: LocalKey; old: LocalKey }): Promise<void> {
  const vault = createVault({ wrapper: fresh, randomBytes });
  const sealedIn = async (table: string, column: string): Promise<unknown> => {
    const { rows } = await store.driver.script((run) => run({ text: `select ${column} as sealed from ${table}` }));
    const sealed = rows[0]?.['sealed'];
    return typeof sealed === 'string' ? JSON.parse(sealed) : sealed;
  };
  const forward = { method: 'POST', path: '/', query: '', headers: {}, body: new Uint8Array() };
  const to = { connection_id: 'x', origin: 'x', environments: ['a'] };
  const authorized = makeAuthorized({ kind: 'request', ...to, request_id: 'req_1', forward });
  const root = await vault.openCredential(await sealedIn('credentials', 'sealed'), { context: credential, authorized });
  expect(root.expose()).toBe(ROOT);
  for (const table of ['signing_keys', 'checkpoint_keys']) {
    const opened = await vault.openSigningKey(await sealedIn(table, 'sealed_private'), { organization_id, kid: 'x' });
    expect(opened.expose()).toBe(SIGNING);
  }
  const body = { organization_id, id: 'x', part: 'request' } as const;
  expect((await vault.openKeptBody(await sealedIn('kept_bodies', 'sealed'), body)).expose()).toBe(BODY);
  const at = { organization_id, id: 'x' };
  expect((await vault.openNotification(await sealedIn('notifications', 'sealed'), at)).expose()).toBe(URL_OF);
  const kept = (await listKeptKeys(store.db, { organization_id })).filter((row) => row.kek_id === old.kekId);
  expect(kept).toHaveLength(3);
  for (const { kek_id, purpose, sealed } of kept) {
    const opened = await vault.openKeptKey(sealed, { organization_id, kek_id, purpose });
    expect(opened.expose()).toBe(
      old
        .deriveKey(purpose as 'audit_digest')
        .export()
        .toString('base64'),
    );
  }
}

describe('a file that cannot be taken is refused before anything is opened', () => {
  let source: TestStore;
  const key = newKey();
  let lines: string[];
  beforeAll(async () => {
    source = await openTestStore('postgres');
    await fill(source.store, key);
    lines = await exported(source.store, { from: key, by: passphrase });
  }, OPENING);
  afterAll(() => source.dispose());

  async function refusal(file: readonly string[], by: FileSecret): Promise<string> {
    const error: unknown = await importData({
      lines: () => each(file),
      openFileKey: (wrapped) => openFileKey(wrapped, by, randomBytes),
      open: () => expect.unreachable('the database was opened'),
      openKey: () => expect.unreachable('the key file was made'),
      now,
    }).catch((thrown: unknown) => thrown);
    return error instanceof WritError ? `${error.code}: ${error.message}` : String(error);
  }

  test('by the wrong passphrase or key, cut, changed, with another header, or for too much memory', async () => {
    const wrong = { passphrase: new Secret('another passphrase altogether', 'passphrase') };
    expect(await refusal(lines, wrong)).toBe('validation_failed: The passphrase is wrong.');
    expect(await refusal(lines, { key: pair.privateKey })).toMatch(/sealed by a passphrase, not for a public key/);
    expect(await refusal(lines.slice(0, -1), passphrase)).toMatch(/cut off after/);
    expect(await refusal(lines.with(1, (lines[1] ?? '').replace('T', 't')), passphrase)).toMatch(/a byte was changed/);
    const header = (
      change: (header: { file_key: FileKey & { by: 'passphrase' } } & Record<string, unknown>) => object,
    ) => lines.with(0, JSON.stringify(change(JSON.parse(lines[0] ?? ''))));
    const costing = (more: object) => header((old) => ({ ...old, file_key: { ...old.file_key, ...more } }));
    const { jwe } = (await newFileKey({ key: pair.publicKey }, randomBytes)).wrapped as FileKey & { by: 'public_key' };
    expect(await openFileKey({ by: 'public_key', jwe }, { key: pair.privateKey }, randomBytes)).toBeInstanceOf(
      LocalKey,
    );
    const short = { by: 'public_key', jwe: await sealFor(pair.publicKey, randomBytes(31)) } as const;
    await expect(openFileKey(short, { key: pair.privateKey }, randomBytes)).rejects.toThrow(/is no key of a file/);
    for (const more of [{ memory: 1_048_577 }, { passes: 17 }, { lanes: 255 }, { memory: 1 }])
      expect(await refusal(costing(more), passphrase)).toMatch(/asks for more memory or computing/);
    expect(await refusal(costing({ salt: 'AA' }), passphrase)).toMatch(/salt/);
    expect(
      await refusal(
        header((old) => ({ ...old, kek_id: 'local_0' })),
        passphrase,
      ),
    ).toMatch(/names another key/);
    expect(
      await refusal(
        header(({ file_key: _, ...old }) => old),
        passphrase,
      ),
    ).toMatch(/names another key/);
    expect(
      await refusal(
        header((old) => ({ ...old, kind: 'backup' })),
        passphrase,
      ),
    ).toMatch(/use `writ restore`/);
    // With neither, it is a file without secrets whose digest anybody could make: nothing sealed in it opens, and its digest is another.
    expect(
      await refusal(
        header(({ file_key: _, ...old }) => ({ ...old, kek_id: null })),
        passphrase,
      ),
    ).toMatch(/a byte was changed/);
  });
});
