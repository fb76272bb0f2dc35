import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Broker, startBroker } from '../support/broker.ts';
import { spawnServer } from '../support/broker-process.ts';
import { freePort } from '../support/free-port.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

// A process each, several of them in some tests.
vi.setConfig({ testTimeout: 90_000 });

let folder: string;
let database: TestDatabase;
let base: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writ-start-'));
  database = await createDatabase();
  base = {
    HOME: folder,
    DATABASE_URL: database.url,
    WRIT_DATA_DIR: join(folder, 'data'),
    WRIT_KEY_FILE: join(folder, 'config', 'key'),
    WRIT_PORT: String(await freePort()),
  };
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the server until it gives up, and answers its exit code and what it said. */
async function refusal(more: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const env = { ...base, ...more };
  const server = spawnServer({ env, args });
  const code = await server.ended;
  return { code, said: server.stderr(), stdout: server.stdout() };
}

/** One sentence that names the thing, without a stack. */
function expectSentence({ code, said, stdout }: Awaited<ReturnType<typeof refusal>>, pattern: RegExp): void {
  expect(said).toMatch(pattern);
  expect(said.trim().split('\n')).toHaveLength(1);
  expect(said).not.toMatch(/\n\s+at |fake-secret/);
  expect(stdout).toBe('');
  expect(code).toBe(1);
}

test('a wrong setting stops the start with one sentence', async () => {
  expectSentence(
    await refusal({ WRIT_PORT: 'eighty' }),
    /^writ: WRIT_PORT is "eighty"; it must be a port from 1 to 65535\.$/m,
  );
});

test('an unreadable key file, one that others can read, and one that is no key stop the start', async () => {
  const key = join(folder, 'keys', 'key');
  await mkdir(join(folder, 'keys'), { recursive: true, mode: 0o700 });
  const env = { WRIT_KEY_FILE: key };
  await writeFile(key, 'not a key', { mode: 0o600 });
  expectSentence(await refusal(env), /key file .*keys\/key is not base64/);
  await writeFile(key, `${Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64')}\n`);
  await chmod(key, 0o644);
  expectSentence(await refusal(env), /others.*\(mode 644\); run: chmod 600/);
  await rm(key);
  await mkdir(key);
  expectSentence(await refusal(env), /is not a file/);
});

test('a database that is not there stops the start', async () => {
  const port = await freePort();
  expectSentence(await refusal({ DATABASE_URL: `postgres://u:fake-secret@127.0.0.1:${port}/writ` }), /127\.0\.0\.1/);
  const { url, drop } = await createDatabase();
  await drop();
  expectSentence(await refusal({ DATABASE_URL: url }), /writ: .+\./);
});

test('a certificate that cannot be read stops the start', async () => {
  const env = {
    WRIT_TLS_CERT: join(folder, 'no.pem'),
    WRIT_TLS_KEY: join(folder, 'no.pem'),
  };
  expectSentence(await refusal(env), /WRIT_TLS_CERT names .*no\.pem, which cannot be read \(ENOENT\)/);
});

test('a busy port stops the start', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(Number(base['WRIT_PORT']), '127.0.0.1', resolve));
  try {
    expectSentence(await refusal({}), /^writ: Port \d+ of 127\.0\.0\.1 is in use/);
  } finally {
    await new Promise((resolve) => holder.close(resolve));
  }
});

test('an unknown command of the server is answered with those there are', async () => {
  expectSentence(
    await refusal({}, ['user', 'rset', 'a@example.com']),
    /is no command of the server; there are: user reset <e-mail address>, key-file replace/,
  );
});

test('a file whose name would steer a terminal is named without that', async () => {
  const said = await refusal({}, ['restore', '/nowhere/\u001b]0;x\u0007']);
  expectSentence(said, /^writ: The file \/nowhere\/\\u\{1b\}\]0;x\\u\{7\} cannot be read: there is no such file/);
});

describe('with a broker that was set up', () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker();
    await broker.owner();
  });
  afterAll(() => broker.remove());

  test('a second process on the same embedded database is refused', async () => {
    const env = { ...broker.env, WRIT_PORT: String(await freePort()), DATABASE_URL: '' };
    expectSentence(await refusal(env), /writ: .*(another|other|already)/i);
  });

  test('another key file, or none, stops the start: it says which key is wanted, what is lost and how to go on', async () => {
    await broker.stop();
    const other = { ...broker.env, DATABASE_URL: '', WRIT_KEY_FILE: join(folder, 'other', 'key') };
    const lost =
      /\n {2}The database is sealed with key local_[0-9a-f]{16}\.\n\n[\s\S]*these are lost[\s\S]*writ data export/;
    const none = await refusal(other);
    expect(none.said).toMatch(/^writ: There is no key file at .*other\/key\.\n/);
    expect([none.code, none.said]).toEqual([1, expect.stringMatching(lost)]);
    await mkdir(join(folder, 'other'), { mode: 0o700 });
    const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64');
    await writeFile(other.WRIT_KEY_FILE, `${bytes}\n`, { mode: 0o600 });
    const wrong = await refusal(other);
    expect(wrong.said).toMatch(/^writ: The key file .*other\/key holds another key, local_[0-9a-f]{16}\.\n/);
    expect([wrong.code, wrong.said]).toEqual([1, expect.stringMatching(lost)]);
    for (const { said } of [none, wrong]) expect(said).not.toMatch(/\n\s+at /);
  });

  test('an owner who is locked out gets a one-time link on the machine itself', async () => {
    const { code, stdout } = await refusal({ ...broker.env, DATABASE_URL: '' }, ['user', 'reset', 'OWNER@example.com']);
    expect(stdout).toMatch(/#token=writ_ln_[\w-]{43}\n/);
    expect(code).toBe(0);
    expectSentence(
      await refusal({ ...broker.env, DATABASE_URL: '' }, ['user', 'reset', 'no@example.com']),
      /no user with the address no@example\.com/,
    );
  });

  test('no set-up link is printed any more', async () => {
    await broker.restart();
    expect(broker.logs().match(/setup#token/g)).toHaveLength(1);
  });
});
