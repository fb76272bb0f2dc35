import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Broker, startBroker } from '../support/broker.ts';
import { fakePassword } from '../support/owner.ts';
import { type RailwayUpstream, startRailwayUpstream } from '../support/railway-upstream/start.ts';
import { type Home, makeHome, type Ran } from './run.ts';

let upstream: RailwayUpstream;
let broker: Broker;
let home: Home;
let printed = '';
const password = fakePassword();

async function writ(args: readonly string[], answers?: readonly string[]): Promise<Ran> {
  const ran = await home.writ(args, answers);
  printed += `${ran.stdout}${ran.stderr}`;
  return ran;
}
async function json(args: readonly string[], answers?: readonly string[]): Promise<Record<string, unknown>> {
  const ran = await writ([...args, '--json'], answers);
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
}

const AGENT = ['--client', 'my-agent', '--secret-file', 'my-agent.secret'];
let token: string;

beforeAll(async () => {
  upstream = await startRailwayUpstream();
  broker = await startBroker({ env: { WRIT_LOG: 'text' } });
  home = await makeHome(broker.url);
  const link = `${broker.url}/setup#token=${broker.setupToken}`;
  await json(['user', 'setup', '--email', 'jo@example.com', '--name', 'Jo'], [link, password]);
  await json(['connect', 'railway', '--base-url', upstream.url], [upstream.tokens.workspace, password]);
  await json(['client', 'create', 'my-agent', '--out', 'my-agent.secret'], [password]);
  await json(['client', 'create', 'verifier', '--introspect', '--out', 'verifier.secret'], [password]);
  await json(['grant', 'my-agent', 'railway/staging/*:read'], [password]);
  token = await newToken();
}, 120_000);

afterAll(async () => {
  await broker.remove();
  await upstream.stop();
  await home.remove();
});

/** Asks by the whole name of the command; the token is told to nobody but the test. */
async function newToken(): Promise<string> {
  const ran = await home.writ(['token', 'request', 'my-agent', '--secret-file', 'my-agent.secret', '--raw']);
  expect(ran.code, ran.stderr).toBe(0);
  return ran.stdout.trim();
}

test('a secret, a key or a token in a file that others can read is refused, with what to type', async () => {
  const file = join(home.folder, 'open-to-all');
  await writeFile(file, 'fake-secret-made-for-this-test');
  await chmod(file, 0o644);
  for (const args of [
    ['token', 'my-agent', '--secret-file', 'open-to-all'],
    ['token', 'my-agent', '--key-file', 'open-to-all'],
    ['token', 'inspect', '--token-file', 'open-to-all'],
  ]) {
    const ran = await writ(args);
    expect([ran.code, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr).toMatch(/open-to-all is open to others \(mode 644\); run: chmod 600 /);
    expect(ran.stderr).not.toContain('fake-secret');
  }
});

test('a token is read without a broker, and said to be unverified', async () => {
  const ran = await writ(['token', 'inspect'], [token]);
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stdout).toContain('nothing of it is verified');
  expect(ran.stdout).toMatch(/client_id +my-agent/);
  expect((await writ(['token', 'inspect'], ['no token'])).code).toBe(2);
});

test('the broker is asked as the client, or as a client that may ask about others', { timeout: 60_000 }, async () => {
  expect(await json(['token', 'inspect', ...AGENT], [token])).toMatchObject({
    header: { alg: 'ES256', typ: 'at+jwt' },
    claims: { client_id: 'my-agent' },
    introspection: { active: true, token_type: 'Bearer' },
  });
  const verifier = ['--client', 'verifier', '--secret-file', 'verifier.secret'];
  expect(await json(['token', 'inspect', ...verifier], [token])).toMatchObject({ introspection: { active: true } });
  const wrong = await writ(['token', 'inspect', '--client', 'my-agent'], [token, 'writ_cs_wrong']);
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toContain('invalid_client');
});

test('a client gives its token up; others cannot', { timeout: 60_000 }, async () => {
  const file = join(home.folder, 'kept-token');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  await json(['token', 'revoke', 'verifier', '--secret-file', 'verifier.secret', '--token-file', 'kept-token']);
  expect(await json(['token', 'inspect', ...AGENT], [token])).toMatchObject({ introspection: { active: true } });
  await json(['token', 'revoke', 'my-agent', '--secret-file', 'my-agent.secret', '--token-file', 'kept-token']);
  const after = await json(['token', 'inspect', ...AGENT], [token]);
  expect(after['introspection']).toEqual({ active: false });
});

test('keys are rotated, and given up when they have leaked', { timeout: 60_000 }, async () => {
  const fresh = await newToken();
  const rotated = await json(['key', 'rotate'], [password]);
  expect(rotated['items']).toMatchObject([{ state: 'active' }, { state: 'pending' }]);
  const [active] = rotated['items'] as { kid: string }[];
  const told = await writ(['key', 'compromise', active?.kid ?? '', '--yes'], [password]);
  expect(told.code, told.stderr).toBe(0);
  expect(told.stdout).toMatch(/^\d+ tokens? (is|are) refused from now on\./);
  const after = await json(['token', 'inspect', ...AGENT], [fresh]);
  expect(after['introspection']).toEqual({ active: false });
  const listed = await json(['key', 'list']);
  expect(listed['items']).toMatchObject([{ state: 'compromised' }, { state: 'active' }]);
  expect((await writ(['key', 'compromise', 'x'.repeat(43), '--yes'], [password])).code).toBe(1);
});

test('on a terminal each request is one short line, without anything that was sent', async () => {
  await fetch(`${broker.url}/gateway/railway/graphql/v2?secret=not-in-the-log`, {
    method: 'POST',
    body: 'not-in-the-log',
  });
  // What it wrote may still be on its way here.
  await vi.waitFor(() => expect(broker.logs()).toContain('gateway railway'), { timeout: 30_000 });
  const lines = broker.logs();
  expect(lines).toMatch(/^\d\d:\d\d:\d\d {2}201 {2}clients\.create +\d+ ms {2}usr_\w+$/m);
  expect(lines).toMatch(/^\d\d:\d\d:\d\d {2}200 {2}\/oauth\/token +\d+ ms$/m);
  expect(lines).toMatch(/^\d\d:\d\d:\d\d {2}401 {2}gateway railway +\d+ ms {2}invalid_token$/m);
  for (const secret of [token, password, upstream.tokens.workspace, 'not-in-the-log'])
    expect(lines).not.toContain(secret);
});

test('no command printed a token or a secret', async () => {
  for (const file of ['my-agent.secret', 'verifier.secret']) {
    expect(printed).not.toContain((await readFile(join(home.folder, file), 'utf8')).trim());
  }
  for (const kept of [token, password]) expect(printed).not.toContain(kept);
});

test('whether a copy of the key file is kept is remembered for that key, told by doctor and recorded', async () => {
  const finding = async (): Promise<unknown> => {
    const { findings } = JSON.parse((await writ(['doctor', '--json'])).stdout) as { findings: { what: string }[] };
    return findings.find(({ what }) => what.includes('key file (key local_'));
  };
  expect(await finding()).toMatchObject({
    state: 'notice',
    remedy: 'writ key-file copied, or writ key-file copied --no',
  });
  const kept = await json(['key-file', 'copied']);
  expect(kept).toMatchObject({ copy_kept: true, copy_answered_by: expect.stringMatching(/^user:usr_/) });
  expect(await finding()).toMatchObject({ state: 'ok' });
  expect((await writ(['key-file', 'copied', '--no'])).stdout).toContain(
    `There is no copy of the file of key ${kept['kek_id']}`.slice(6),
  );
  expect(await finding()).toMatchObject({ state: 'notice', what: expect.stringContaining('There is no copy') });
  const { items } = await json(['audit', 'list', '--kind', 'vault_key.copy_answered']);
  const { kek_id } = kept;
  expect((items as { event: { data: unknown } }[]).map(({ event }) => event.data)).toMatchObject([
    { kek_id, copy_kept: false },
    { kek_id, copy_kept: true },
  ]);
});
