/** A backup that the command line takes of a broker at work, by real processes: whole, or no file of its name. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFakeScene } from '../cli/fake-broker.ts';
import { cliMain, type Home, makeHome } from '../cli/run.ts';
import { pinnedNode, type ServerProcess, spawnServer } from '../support/broker-process.ts';
import { type EmptyPlace, type Environment, emptyPlace, lengthenLog } from '../support/data-files.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { type HoldingProxy, openHoldingProxy } from '../support/holding-proxy.ts';
import { AS_STARTED, openScene, readStaging, type Scene } from '../support/scene.ts';
import { DATABASES } from '../support/store.ts';

/** More than the sockets between broker and command line hold by themselves. */
const ENTRIES = 400;
const SIZE = 40_000;
/** Bytes after which a wire is held: early, before the sockets have learnt to hold much more. */
const EARLY = 200_000;

describe.each(DATABASES)('a backup of a broker at work, on %s', { timeout: 180_000 }, (database) => {
  let proxy: HoldingProxy;
  let story: Scene;
  let home: Home;
  let token: string;
  let place: EmptyPlace;
  let restored: ServerProcess | undefined;
  beforeAll(async () => {
    proxy = await openHoldingProxy();
    const port = await freePort();
    proxy.lead(port);
    const env = { WRIT_PUBLIC_URL: proxy.url, WRIT_PORT: String(port) };
    story = await openScene({ ...AS_STARTED, database, env });
    await story.broker.stop();
    await lengthenLog(story.broker.env, ENTRIES, SIZE);
    await story.broker.restart();
    token = (await story.token()).access_token;
    place = await emptyPlace(database, story.broker.env['WRIT_KEY_FILE']);
    home = await makeHome(proxy.url);
    await login();
  }, 120_000);
  afterAll(async () => {
    await restored?.kill('SIGKILL');
    await place?.remove();
    await home?.remove();
    await story?.close();
    await proxy?.close();
  });

  const login = () => home.writ(['login', '--email', story.owner.email], [story.owner.password]);
  const backUp = (...args: string[]) => home.writ(['backup', ...args], [story.owner.password]);
  const files = async () => (await readdir(home.folder)).filter((name) => name.includes('ndjson')).sort();
  const asking = async () => (await story.graphql(token, readStaging())).status;

  test('taken while agents call; it opens with the key file alone, what was valid then has ended, and the log goes on', async () => {
    const held = proxy.hold(EARLY);
    const taking = backUp('--json');
    await held;
    expect(await Promise.all([asking(), asking()])).toEqual([200, 200]);
    expect(await backUp()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('A backup is under way already.'),
    });
    proxy.letGo();
    const { code, stdout, stderr } = await taking;
    expect([code, stderr]).toEqual([0, '']);
    const { file } = JSON.parse(stdout);
    expect(file).toMatch(/\/writ-\d{8}T\d{6}Z-\d+-[0-9a-f]{12}\.ndjson\.gz$/);
    expect(await files()).toEqual([basename(file)]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expectNoSecret(file);

    const restoring = spawnServer({ env: place.env, args: ['restore', file] });
    expect([await restoring.ended, restoring.stderr()]).toEqual([0, '']);
    await story.broker.stop();
    await serve({ ...story.broker.env, ...place.env });
    expect(await asking()).toBe(401);
    expect((await login()).code).toBe(0);
    const verified = await home.writ(['audit', 'verify']);
    expect([verified.code, verified.stderr]).toEqual([0, expect.any(String)]);
    token = (await story.token()).access_token;
    expect(await asking()).toBe(200);
    await restored?.kill('SIGTERM');
    await story.broker.restart();
    expect((await login()).code).toBe(0);
  });

  async function serve(env: Environment): Promise<void> {
    const server = spawnServer({ env });
    restored = server;
    await eventually(async () => expect(server.stdout()).toContain('Writ listens on'));
  }

  async function expectNoSecret(file: string): Promise<void> {
    const text = gunzipSync(await readFile(file)).toString();
    const { sessions } = JSON.parse(await readFile(join(home.folder, 'config', 'sessions.json'), 'utf8'));
    const key = await readFile(story.broker.env['WRIT_KEY_FILE'] ?? '', 'utf8');
    const secrets = [
      story.railway.tokens.account,
      story.owner.password,
      story.agent.secret,
      token,
      key.trim(),
      String(Object.values(sessions)[0]),
    ];
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(8);
      expect(text.includes(secret)).toBe(false);
    }
  }

  // The rest is the command line's, or the same on any database, and is told where it is told sooner.
  if (database === 'embedded') return;

  test('a name that is taken is refused, and stays as it was', async () => {
    expect((await backUp('--out', 'kept.ndjson.gz')).code).toBe(0);
    const before = await readFile(join(home.folder, 'kept.ndjson.gz'));
    expect(await backUp('--out', 'kept.ndjson.gz')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('kept.ndjson.gz is there already and is not overwritten; give another name.'),
    });
    expect(await readFile(join(home.folder, 'kept.ndjson.gz'))).toEqual(before);
  });

  /** Begins a backup with the command line, and returns when it has a part of the answer. */
  async function begun(name: string) {
    const held = proxy.hold(EARLY);
    const child = spawn(pinnedNode(), [cliMain, '--stdin', 'backup', '--out', name], {
      cwd: home.folder,
      env: home.env,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString();
    });
    const ended = once(child, 'close').then(([code]) => code as number | null);
    child.stdin.end(`${story.owner.password}\n`);
    await held;
    return { child, ended, said: () => said };
  }

  test('the command line killed in the middle leaves no file of the name, and the next backup can be taken', async () => {
    const before = await files();
    const { child, ended } = await begun('killed.ndjson.gz');
    child.kill('SIGKILL');
    expect(await ended).toBeNull();
    proxy.letGo();
    expect((await files()).filter((name) => !name.endsWith('.part'))).toEqual(before);
    await eventually(async () => expect((await backUp('--out', 'next.ndjson.gz')).code).toBe(0));
  });

  test('the broker killed in the middle: the command says that it broke off, and no file of the name is left', async () => {
    const before = await files();
    const { ended, said } = await begun('broken.ndjson.gz');
    await story.broker.kill9();
    proxy.letGo();
    expect(await ended).toBeGreaterThan(0);
    expect(said()).toMatch(/^writ: The broker .*half-way/);
    expect(await files()).toEqual(before);
    await story.broker.restart();
    expect((await backUp()).code).toBe(0);
  });
});

test('an answer that ends before its end, or is no backup, makes no file', async () => {
  const header = {
    writ_data: 1,
    kind: 'backup',
    version: '0.1.0',
    made_at: '2026-01-01T00:00:00Z',
    migrations: ['0001_a.sql'],
    kek_id: 'local_1',
    log: { seq: 0, hash: '0'.repeat(64) },
  };
  const row = '{"table":"users","row":{}}';
  const end = JSON.stringify({ end: { rows: 2, digest: '0'.repeat(64) } });
  for (const lines of [[JSON.stringify(header), row], [JSON.stringify(header), row, end], ['<html>'], []]) {
    const body = lines.map((line) => `${line}\n`).join('');
    const { home, close } = await openFakeScene(() => ({ status: 200, body }), { WRIT_TOKEN: 'fake-token' });
    const { code, stderr } = await home.writ(['backup']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^writ: The broker did not answer a whole backup, so no file was made\. /),
    ]);
    expect((await readdir(home.folder)).filter((name) => /ndjson|part/.test(name))).toEqual([]);
    await close();
  }
});
