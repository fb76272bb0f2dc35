/** The command line on a real terminal, which `script` of util-linux makes; every rule of its keys is in `apps/cli/src/input`. */
import { spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pinnedNode } from '../support/broker-process.ts';
import { type FakeBroker, startFakeBroker } from './fake-broker.ts';
import { cliMain, type Home, makeHome } from './run.ts';

const hasScript = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') === true;

const user = { id: 'usr_1', email: 'jo@example.com', name: 'Jo', role: 'owner', status: 'active', created_at: 'x' };
let broker: FakeBroker;
let home: Home;
let attempts = 0;
/** What the broker was given as root credentials, without their values. */
const kinds: unknown[] = [];
let isOpen = false;

beforeAll(async () => {
  broker = await startFakeBroker(({ method, url = '' }, body) => {
    if (url === '/api/v1/setup') return { status: 200, body: { open: isOpen } };
    if (url !== '/api/v1/session') return connecting(`${method} ${url.replace(/\?.*/, '')}`, body);
    attempts += 1;
    return attempts === 1
      ? { status: 401, body: { code: 'unauthenticated', detail: 'The e-mail address or the password is wrong.' } }
      : { status: 201, body: { user, session: { id: 'ses_1' }, session_token: `writ_ss_${'x'.repeat(43)}` } };
  });
  home = await makeHome(broker.url);
});

afterAll(async () => {
  await home.remove();
  await broker.stop();
});

const railway = {
  id: 'railway',
  title: 'Railway',
  credential_kinds: ['account_token', 'workspace_token', 'project_token'].map((kind) => ({ kind, title: kind })),
  usual_credential_kind: 'workspace_token',
  resource_kinds: [],
};

/** A broker that a root credential is handed over to; the provider takes none but a project's. */
function connecting(asked: string, body: Record<string, unknown>): { status: number; body: unknown } {
  const connection = { slug: 'railway', provider: 'railway', base_url: 'https://railway.example', credentials: [] };
  switch (asked) {
    case 'GET /api/v1/me':
      return { status: 200, body: { user, notices: [] } };
    case 'GET /api/v1/providers':
      return { status: 200, body: { items: [railway], next_cursor: null } };
    case 'GET /api/v1/connections':
      return { status: 200, body: { items: [], next_cursor: null } };
    case 'POST /api/v1/connections':
      kinds.push((body['credential'] as { kind?: unknown }).kind);
      return { status: 201, body: connection };
    case 'PUT /api/v1/connections/railway/credential':
      kinds.push(body['kind']);
      return { status: 200, body: connection };
    case 'POST /api/v1/connections/railway/verify':
      return kinds.length < 2
        ? { status: 422, body: { code: 'credential_rejected', detail: 'The provider did not accept the credential.' } }
        : { status: 200, body: { identity: 'Jo', reach: ['project rentals'], same_as: [], confirmed: false } };
    default:
      return { status: 404, body: { code: 'not_found', detail: `There is no ${asked}.` } };
  }
}

test('a wrong password is asked for again, is never shown, and leaves the terminal as it was', async () => {
  if (!hasScript) {
    process.stderr.write(
      '`script` of util-linux is not on this machine: there is no terminal to try the prompts on.\n',
    );
    return;
  }
  const screen = await onTerminal(
    ['login'],
    [
      ['E-mail address: ', 'nobody\r'],
      ['jo@example.com.', ''],
      ['E-mail address: ', 'jo@exampel.com\u0017jo@example.com\r'],
      ['Password (hidden): ', 'wrong\u0015wrng-word\r'],
      ['The e-mail address or the password is wrong.', ''],
      ['E-mail address (Enter: jo@example.com): ', '\r'],
      ['Password (hidden): ', '\u001b[200~right-word\r\n\u001b[201~\r'],
    ],
  );
  expect(screen).toContain(`Signed in at ${broker.url} as jo@example.com (owner).`);
  expect(screen).toContain('code 0, echo on');
  expect(screen).not.toMatch(/wrong\r|-word/);
});

test('before anything is asked it is said that nobody can sign in yet, and to whom no link belongs any more', async () => {
  isOpen = true;
  const login = await home.writ(['login']);
  isOpen = false;
  expect(login).toMatchObject({ code: 1, stdout: '' });
  expect(login.stderr).toMatch(/^writ: Nobody has set up the Writ at \S+ yet, .*`(npx )?writ user setup`/);
});

test.each([
  [['connect', 'railwy'], 'There is no provider railwy; those there are: railway. Did you mean railway?'],
  [['connect', 'railway', '--kind', 'acount_token'], 'Did you mean account_token?'],
])('%j is told before anything is asked', async (args, said) => {
  const ran = await home.writ([...args, '--stdin'], ['a-root-token', 'a password']);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain(said);
  expect(kinds).toEqual([]);
});

test('a kind that was put right counts for the rest of the command', async () => {
  if (!hasScript) return;
  const screen = await onTerminal(
    ['connect', 'railway', '--kind', 'projct_token'],
    [
      ['It must be one of workspace_token', ''],
      ['What kind of root credential it is: ', 'project_token\r'],
      ['The project_token of railway (hidden): ', 'not-a-real-one\r'],
      ['Your password (hidden): ', 'right-word\r'],
      ['The provider did not accept the credential.', ''],
      ['The project_token of railway (hidden): ', 'nor-this-one\r'],
      ["Name the provider's environments now? [Y/n]: ", 'n\r'],
    ],
  );
  expect(screen).toContain('code 0, echo on');
  expect(kinds).toEqual(['project_token', 'project_token']);
});

/** Runs `writ` on a terminal: each answer is typed once what stands before it is shown. Returns all that was shown. */
function onTerminal(args: readonly string[], answers: readonly (readonly [string, string])[]): Promise<string> {
  const line = [pinnedNode(), cliMain, ...args].map((word) => `'${word}'`).join(' ');
  const after = 'echo "code $?, echo $(stty -a | grep -qw -- -echo && echo off || echo on)"';
  const child = spawn('script', ['--quiet', '--command', `${line}; ${after}`, '/dev/null'], {
    env: { ...home.env, TERM: 'xterm', SHELL: '/bin/sh' },
  });
  const left = [...answers];
  let [screen, seen] = ['', 0];
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    for (;;) {
      const [next] = left;
      const at = next === undefined ? -1 : screen.indexOf(next[0], seen);
      if (next === undefined || at < 0) return;
      seen = at + next[0].length;
      left.shift();
      child.stdin.write(next[1]);
    }
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(screen));
  });
}
