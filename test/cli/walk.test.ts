import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../support/broker.ts';
import { fakePassword } from '../support/owner.ts';
import { type RailwayUpstream, startRailwayUpstream } from '../support/railway-upstream/start.ts';
import { type Home, makeHome, type Ran } from './run.ts';

let upstream: RailwayUpstream;
let broker: Broker;
let home: Home;
const password = fakePassword();
/** Everything that any command printed: no secret may be in it. */
let printed = '';

async function writ(args: readonly string[], answers?: readonly string[]): Promise<Ran> {
  const ran = await home.writ(args, answers);
  printed += `${ran.stdout}${ran.stderr}`;
  return ran;
}

/** Runs a command that must work, with `--json`, and answers what it printed. */
async function json(args: readonly string[], answers?: readonly string[]): Promise<Record<string, unknown>> {
  const ran = await writ([...args, '--json'], answers);
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
}

beforeAll(async () => {
  upstream = await startRailwayUpstream();
  broker = await startBroker();
  home = await makeHome(broker.url);
  const link = `${broker.url}/setup#token=${broker.setupToken}`;
  await json(['user', 'setup', '--email', 'jo@example.com', '--name', 'Jo'], [link, password]);
  await json(['connect', 'railway', '--base-url', upstream.url], [upstream.tokens.workspace, password]);
  await json(['client', 'create', 'my-agent', '--out', 'my-agent.secret'], [password]);
}, 120_000);

afterAll(async () => {
  await broker.remove();
  await upstream.stop();
  await home.remove();
});

test('a one-time link leads to its own broker, also where another one is set', { timeout: 60_000 }, async () => {
  const invited = await json(['user', 'invite', 'sam@example.com', '--name', 'Sam', '--role', 'auditor'], [password]);
  const elsewhere = await makeHome('http://127.0.0.1:9');
  const ran = await elsewhere.writ(['user', 'accept'], [String(invited['link']), fakePassword()]);
  await elsewhere.remove();
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stdout).toContain('sam@example.com');
});

describe('a wrong grant is said with the field, what was found and the nearest right name', () => {
  test('an operation that does not exist', { timeout: 30_000 }, async () => {
    const ran = await writ(['grant', 'my-agent', 'railway/staging/custmDomainCreate'], [password]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('custmDomainCreate');
    expect(ran.stderr).toContain('did you mean customDomainCreate?');
  });

  test('an environment that does not exist', { timeout: 30_000 }, async () => {
    const ran = await writ(['grant', 'my-agent', 'railway/stagin/*:read'], [password]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('did you mean staging?');
  });

  test('a piece that is none', async () => {
    const ran = await writ(['grant', 'my-agent', 'staging'], [password]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('connection/environment/operations');
  });
});

test('what loosens wants the right password, and changes nothing without it', { timeout: 30_000 }, async () => {
  const wrong = await writ(['env', 'unprotect', 'railway', 'production', '--yes'], [fakePassword()]);
  expect(wrong.code).toBe(1);
  const none = await writ(['env', 'unprotect', 'railway', 'production', '--yes']);
  expect(none.code).toBe(2);
  const { items } = await json(['env', 'list', 'railway']);
  expect(items).toContainEqual(expect.objectContaining({ slug: 'production', protected: true }));
});

test('a secret file is closed to others, and never overwritten', { timeout: 30_000 }, async () => {
  const file = join(home.folder, 'my-agent.secret');
  const before = await readFile(file, 'utf8');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const ran = await writ(['client', 'rotate-secret', 'my-agent', '--out', 'my-agent.secret'], [password]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('is there already');
  expect(await readFile(file, 'utf8')).toBe(before);
});

test('a grant is shown before it is made, and is the one that was shown', { timeout: 60_000 }, async () => {
  const preview = await json(['grant', 'preview', 'my-agent', 'railway/staging/customDomain*']);
  expect(preview['items']).toContainEqual(
    expect.objectContaining({ operation: 'customDomainCreate', environment: 'staging' }),
  );
  const made = await json(
    ['grant', 'my-agent', 'railway/staging/customDomain*', '--ttl', '30m', '--note', 'for a test'],
    [password],
  );
  expect(made['items']).toEqual([
    expect.objectContaining({ client_id: 'my-agent', max_ttl_seconds: 1800, note: 'for a test' }),
  ]);
});

describe('a client gets a token', () => {
  test('with its secret', { timeout: 30_000 }, async () => {
    const answer = await json(['token', 'my-agent', '--secret-file', 'my-agent.secret', '--task', 'a test']);
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 900, task_id: expect.stringMatching(/^tsk_/) });
  });

  test('with a key that never left its machine', { timeout: 60_000 }, async () => {
    await json(['client', 'create', 'deploy', '--kind', 'ci', '--new-key', 'deploy.key'], [password]);
    await json(['grant', 'deploy', 'railway/staging/*:read'], [password]);
    const answer = await json(['token', 'deploy', '--key-file', 'deploy.key', '--task', 'a test']);
    expect(answer['access_token']).toMatch(/^ey/);
    const key = JSON.parse(await readFile(join(home.folder, 'deploy.key'), 'utf8'));
    expect(printed).not.toContain(key.d);
  });

  test('not with a wrong secret, and no word of why', { timeout: 30_000 }, async () => {
    const ran = await writ(['token', 'my-agent', '--task', 'a test'], ['writ_cs_wrong']);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('(invalid_client)');
    expect(ran.stdout).toBe('');
  });
});

test('every list and every view is JSON when asked for', { timeout: 120_000 }, async () => {
  const commands = [
    'user list',
    'user passkeys',
    'connections list',
    'connections show railway',
    'env list railway',
    'operations list railway --effect destroy --limit 3',
    'inventory railway --kind volume',
    'client list',
    'client show my-agent',
    'grant list',
    'tasks list',
    'tokens list',
    'freeze list',
    'guardrail list',
    'key list',
    'audit list --limit 3',
    'doctor',
  ];
  for (const command of commands) expect(await json(command.split(' ')), command).toBeTypeOf('object');
});

test('explain tells what would happen, and the provider is asked to do nothing', { timeout: 30_000 }, async () => {
  const query = 'mutation { volumeDelete(volumeId: "v_both") }';
  const explained = await json(['explain', '--client', 'my-agent', '--connection', 'railway', '--query', query]);
  expect(explained).toMatchObject({ result: 'refuse', code: 'operation_not_granted' });
  const { requests } = await upstream.recorded();
  expect(requests.filter((request) => request.body.includes('volumeDelete'))).toEqual([]);
});

describe('audit verify', () => {
  const file = (): string => join(home.folder, 'audit.ndjson');

  test('finds the log whole, from the broker and from an export', { timeout: 60_000 }, async () => {
    const ran = await writ(['audit', 'verify']);
    expect(ran).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^whole: \d+ events, head \d+:[0-9a-f]{64}\n/),
    });
    await json(['audit', 'export', '--out', 'audit.ndjson']);
    expect(await json(['audit', 'verify', 'audit.ndjson'])).toMatchObject({ whole: true });
  });

  test('finds the entry that was edited, and the one that was taken out', { timeout: 60_000 }, async () => {
    const lines = (await readFile(file(), 'utf8')).trimEnd().split('\n');
    await writeFile(
      file(),
      `${lines.map((line, at) => (at === 3 ? line.replace('jo', 'xx').replace('"at":"2', '"at":"1') : line)).join('\n')}\n`,
    );
    const edited = await writ(['audit', 'verify', 'audit.ndjson']);
    expect(edited).toMatchObject({ code: 1, stdout: expect.stringMatching(/^NOT WHOLE at entry 4 /) });
    await writeFile(file(), `${lines.filter((_, at) => at !== 2).join('\n')}\n`);
    const missing = await writ(['audit', 'verify', 'audit.ndjson', '--json']);
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.stdout)).toMatchObject({ whole: false, seq: 3 });
  });

  test('finds a cut-off end against a head that was kept', { timeout: 30_000 }, async () => {
    const whole = await json(['audit', 'verify']);
    const { seq, hash } = whole['head'] as { seq: number; hash: string };
    await writ(['audit', 'export', '--out', 'cut.ndjson']);
    const cut = join(home.folder, 'cut.ndjson');
    const lines = (await readFile(cut, 'utf8'))
      .trimEnd()
      .split('\n')
      .slice(0, seq - 1);
    await writeFile(cut, `${lines.join('\n')}\n`);
    expect((await writ(['audit', 'verify', 'cut.ndjson'])).code).toBe(0);
    expect((await writ(['audit', 'verify', 'cut.ndjson', '--head', `${seq}:${hash}`])).code).toBe(1);
  });
});

test('a freeze stops and is lifted, and guardrails are added and removed', { timeout: 60_000 }, async () => {
  const freeze = await json(['freeze', 'on', '--client', 'my-agent', '--reason', 'a test']);
  await json(['freeze', 'off', String(freeze['id'])], [password]);
  const set = await json(['guardrail', 'set', 'production', '*:destroy', 'deny'], [password]);
  expect(set['items']).toEqual([{ environments: 'production', operations: '*:destroy', outcome: 'deny' }]);
  const when = ['--when', 'target.name starts_with acme/web'];
  const both = await json(
    ['guardrail', 'set', 'production', '*:destroy', 'approve', '--quorum', '2', ...when],
    [password],
  );
  expect(both).toMatchObject({
    items: [{ outcome: 'deny' }, { quorum: 2, when: { 'target.name': { starts_with: 'acme/web' } } }],
  });
  await json(['guardrail', 'remove', 'production', '*:destroy', ...when], [password]);
  const removed = await json(['guardrail', 'remove', 'production', '*:destroy'], [password]);
  expect(removed['items']).toEqual([]);
});

test('people change their own password, and see and end where they are signed in', { timeout: 60_000 }, async () => {
  const elsewhere = await makeHome(broker.url);
  const login = await elsewhere.writ(['login', '--email', 'jo@example.com'], [password]);
  expect(login.code, login.stderr).toBe(0);
  const listed = await writ(['user', 'sessions']);
  expect(listed.stdout).toMatch(/^ses_\w+ +writ on .*this one/m);
  const { items } = await json(['user', 'sessions']);
  const other = (items as { id: string; current: boolean }[]).filter(({ current }) => !current).at(-1)?.id ?? '';
  await json(['user', 'sessions', '--end', other]);
  expect((await elsewhere.writ(['user', 'sessions'])).code).toBe(3);
  expect((await writ(['user', 'sessions', '--end', other, '--end-others'])).code).toBe(2);
  expect((await writ(['user', 'sessions', '--end-others'])).stdout).toMatch(/^\d+ other sessions? ended\.$/m);
  expect((await writ(['user', 'passkeys'])).stdout).toContain('You have no passkeys.');
  const refused = await writ(['user', 'passkeys', '--remove', 'pky_none'], [password]);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('There is no passkey pky_none')]);

  const next = fakePassword();
  expect((await writ(['user', 'password'], [next, 'not the password at all'])).code).not.toBe(0);
  expect(await json(['user', 'password'], [next, password])).toEqual({ sessions_ended: 0 });
  await json(['user', 'password'], [password, next]);
  await elsewhere.remove();
});

test('an owner who is locked out is let in on the machine itself', { timeout: 90_000 }, async () => {
  await broker.stop();
  const local = await makeHome(broker.url, broker.env);
  const ran = await local.writ(['user', 'reset', 'jo@example.com', '--local']);
  await broker.restart();
  await local.remove();
  expect(ran.code, ran.stderr).toBe(0);
  const link = /https?:\S+#token=\S+/.exec(ran.stdout)?.[0] ?? '';
  const renewed = fakePassword();
  await json(['user', 'accept'], [link, renewed]);
  expect((await writ(['client', 'list'])).code).toBe(3);
  await json(['login', '--email', 'jo@example.com'], [renewed]);
  expect((await writ(['client', 'list'])).code).toBe(0);
  expect((await writ(['logout'])).code).toBe(0);
  expect((await writ(['client', 'list'])).code).toBe(3);
});

test('nothing that was handed in as a secret was ever printed', async () => {
  const secret = (await readFile(join(home.folder, 'my-agent.secret'), 'utf8')).trim();
  for (const kept of [password, upstream.tokens.workspace, broker.setupToken, secret])
    expect(printed).not.toContain(kept);
  expect(printed).not.toMatch(/writ_ss_/);
});
