import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../support/sources.ts';
import { type FakeScene, openFakeScene } from './fake-broker.ts';
import { ACTS, type Home } from './run.ts';

const HOSTILE = 'evil\u001b]0;owned\u0007\u001b[2J\u202ereversed\u009b31m';
const WHEN = '2026-01-01T00:00:00.000Z';

const hostileUser = {
  id: 'usr_1',
  email: `${HOSTILE}@example.com`,
  name: HOSTILE,
  role: 'auditor',
  status: 'active',
  created_at: WHEN,
};

let scene: FakeScene;
let home: Home;
let answer: { status: number; body: unknown } = { status: 200, body: {} };

beforeAll(async () => {
  scene = await openFakeScene(() => answer);
  home = scene.home;
});
afterAll(() => scene.close());

describe('text that a server sends never acts on the terminal', () => {
  test('in a table', async () => {
    answer = { status: 200, body: { items: [hostileUser], next_cursor: null } };
    const ran = await home.writ(['user', 'list']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('evil\\u{1b}');
    expect(`${ran.stdout}${ran.stderr}`).not.toMatch(ACTS);
  });

  test('in JSON, which still says the same value', async () => {
    answer = { status: 200, body: { items: [hostileUser], next_cursor: null } };
    const ran = await home.writ(['user', 'list', '--json']);
    expect(ran.stdout).not.toMatch(ACTS);
    expect(JSON.parse(ran.stdout)).toEqual({ items: [hostileUser], next_cursor: null });
  });

  test('in an error', async () => {
    const fields = [{ field: HOSTILE, problem: HOSTILE, found: HOSTILE, nearest: HOSTILE }];
    answer = { status: 422, body: { code: 'validation_failed', detail: HOSTILE, fields } };
    const ran = await home.writ(['user', 'list']);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('did you mean evil');
    expect(`${ran.stdout}${ran.stderr}`).not.toMatch(ACTS);
  });
});

describe('what goes wrong is said in a sentence, with an exit code of its own', () => {
  test('1: a refusal, with every wrong field and the nearest right name', async () => {
    const fields = [
      { field: 'operations.0', problem: 'names no operation', found: 'custmDomain*', nearest: 'customDomain*' },
    ];
    answer = { status: 422, body: { code: 'validation_failed', detail: 'Some of it is wrong.', fields } };
    const ran = await home.writ(['user', 'list']);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toBe(
      'writ: Some of it is wrong.\n  operations.0: names no operation; found custmDomain*; did you mean customDomain*?\n',
    );
  });

  test('1: a role that does not do', async () => {
    answer = { status: 403, body: { code: 'forbidden', detail: 'This needs the role owner; yours is admin.' } };
    const ran = await home.writ(['user', 'list', '--json']);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout).error).toMatchObject({ code: 'forbidden', exit_code: 1 });
  });

  test('2: wrong use', async () => {
    for (const args of [['client'], ['tokens', 'revoke'], ['client', 'create', 'x', '--kind', 'y']]) {
      const ran = await home.writ(args);
      expect(ran.code, args.join(' ')).toBe(2);
    }
    expect((await home.writ(['grantt'])).stderr).toContain('Did you mean grant?');
  });

  test('2: a secret that nobody can be asked for', async () => {
    const ran = await home.writ(['token', 'my-agent', '--task', 'x']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('--stdin');
  });

  test('2: a broker on another machine by plain http, which would show the password', async () => {
    const ran = await home.writ(
      ['login', '--url', 'http://writ.example.com'],
      ['jo@example.com', 'not a real password'],
    );
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('Use https');
  });

  test('3: no session', async () => {
    answer = { status: 401, body: { code: 'unauthenticated', detail: 'Sign in first.' } };
    const ran = await home.writ(['client', 'list']);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('writ login');
  });

  test('4: no broker', async () => {
    const ran = await home.writ(['client', 'list', '--url', 'http://127.0.0.1:1']);
    expect(ran.code).toBe(4);
    expect(ran.stderr).toMatch(/^writ: No broker answers at http:\/\/127\.0\.0\.1:1/);
  });

  test('4: something else in the place of a broker', async () => {
    answer = { status: 200, body: '<html>a router</html>' };
    const ran = await home.writ(['client', 'list']);
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('does not answer like a Writ broker');
  });

  test('1: nothing twice, and where the broker failed, what its log has it as', async () => {
    const fields = [{ field: 'password', problem: 'has 3 characters' }];
    answer = { status: 422, body: { code: 'validation_failed', detail: 'The password has 3 characters.', fields } };
    expect((await home.writ(['user', 'list'])).stderr).toBe('writ: The password has 3 characters.\n');
    answer = { status: 500, body: { code: 'internal', detail: 'Something went wrong.', request_id: 'req_1' } };
    expect((await home.writ(['user', 'list'])).stderr).toBe(
      "writ: Something went wrong. The broker's log has it as req_1.\n",
    );
  });

  test('with --json in one shape, for every failure', async () => {
    answer = { status: 401, body: { code: 'unauthenticated', detail: 'Sign in first.' } };
    const cases = [
      [['grantt'], { code: 'usage', exit_code: 2 }],
      [['client'], { code: 'usage', exit_code: 2 }],
      [['client', 'list', '--limit', 'x'], { code: 'usage', exit_code: 2 }],
      [['token', 'my-agent'], { code: 'usage', exit_code: 2 }],
      [['login', '--email', 'nobody'], { code: 'usage', exit_code: 2 }],
      [['client', 'list'], { code: 'unauthenticated', exit_code: 3 }],
      [['client', 'list', '--url', 'http://127.0.0.1:1'], { code: 'unreachable', exit_code: 4 }],
      [['token', 'my-agent', '--secret-file', '/nowhere/secret'], { code: 'failed', exit_code: 1 }],
    ] as const;
    for (const [args, error] of cases) {
      const ran = await home.writ([...args, '--json']);
      expect(JSON.parse(ran.stdout), args.join(' ')).toEqual({ error: expect.objectContaining(error) });
      expect(ran.code).toBe(error.exit_code);
    }
  });

  test('never with a stack trace', async () => {
    answer = { status: 200, body: { items: null } };
    const ran = await home.writ(['client', 'list']);
    expect(ran.code).toBe(1);
    expect(ran.stderr).not.toMatch(/\bat .*:\d+:\d+/);
    expect(ran.stderr).not.toContain('TypeError');
  });
});

describe('a name that nothing has is an error with the nearest one that something has', () => {
  let there: FakeScene;

  beforeAll(async () => {
    const page = (items: readonly object[]) => ({ status: 200, body: { items, next_cursor: null } });
    const answers = ({ url = '' }: { readonly url?: string | undefined }) => {
      const { pathname } = new URL(url, 'http://broker');
      if (pathname === '/api/v1/connections') return page([{ slug: 'railway' }, { slug: 'github' }]);
      if (pathname === '/api/v1/clients') return page([{ client_id: 'my-agent' }]);
      if (pathname === '/api/v1/connections/railway/environments') return page([{ slug: 'production' }]);
      if (['/api/v1/tokens', '/api/v1/tasks', '/api/v1/grants', '/api/v1/audit'].includes(pathname)) return page([]);
      return { status: 404, body: { code: 'not_found', detail: 'There is none.' } };
    };
    there = await openFakeScene(answers, { WRIT_TOKEN: 'not-a-real-token' });
  });
  afterAll(() => there.close());

  test.each([
    ['a connection', ['env', 'list', 'railwy'], 'railway'],
    ['an environment', ['env', 'protect', 'railway', 'prodction'], 'production'],
    ['a client', ['client', 'show', 'my-agnt'], 'my-agent'],
    ['a client in a filter of tokens', ['tokens', 'list', '--client', 'my-agnt'], 'my-agent'],
    ['a client in a filter of tasks', ['tasks', 'list', '--client', 'my-agnt'], 'my-agent'],
    ['a client in a filter of grants', ['grant', 'list', '--client', 'my-agnt'], 'my-agent'],
    ['a connection in a filter of the log', ['audit', 'list', '--connection', 'githb'], 'github'],
  ])('%s', async (_, args, meant) => {
    const ran = await there.home.writ(args);
    expect(ran).toMatchObject({ code: 1, stdout: '', stderr: `writ: There is none. Did you mean ${meant}?\n` });
  });

  test('and none is suggested where none is near', async () => {
    expect((await there.home.writ(['client', 'show', 'something-else'])).stderr).toBe('writ: There is none.\n');
  });
});

test('that a list goes on is the end of its answer, also where the two streams go different ways', async () => {
  answer = { status: 200, body: { items: [{ ...hostileUser, email: 'jo@example.com' }], next_cursor: 'abc' } };
  const ran = await home.writ(['user', 'list']);
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toMatch(/jo@example\.com[\s\S]*\n\nThere are more: add --cursor abc, or a larger --limit\.\n$/);
});

test('a token that lives shorter than was asked for says so', async () => {
  const body = {
    access_token: 'made-for-this-test',
    token_type: 'Bearer',
    expires_in: 3600,
    authorization_details: [],
  };
  answer = { status: 200, body };
  const ran = await home.writ(
    ['token', 'my-agent', '--task', 'x', '--expires-in', '5h', '--raw'],
    ['not a real secret'.replaceAll(' ', '-')],
  );
  expect(ran).toMatchObject({ code: 0, stdout: 'made-for-this-test\n' });
  expect(ran.stderr).toContain('Asked for 5 h, given 1 h: nothing allows a longer life.');
});

describe('the stored session', () => {
  test('is refused where others can read it', async () => {
    const folder = join(home.folder, 'config');
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'sessions.json');
    await writeFile(file, JSON.stringify({ current: scene.url, sessions: { [scene.url]: 'writ_ss_fake' } }));
    await chmod(file, 0o644);
    const ran = await home.writ(['client', 'list']);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('chmod 600');
    expect(ran.stderr).not.toContain('writ_ss_fake');
    await chmod(file, 0o600);
  });

  test('is written so that only its owner can read it', async () => {
    const user = { ...hostileUser, email: 'jo@example.com', name: 'Jo' };
    answer = { status: 201, body: { user, session: { id: 'ses_1' }, session_token: 'writ_ss_made-for-this-test' } };
    const ran = await home.writ(['login'], ['jo@example.com', 'not a real password']);
    expect(ran.code).toBe(0);
    expect(`${ran.stdout}${ran.stderr}`).not.toContain('writ_ss_');
    expect(`${ran.stdout}${ran.stderr}`).not.toContain('not a real password');
    const { mode } = await stat(join(home.folder, 'config', 'sessions.json'));
    expect(mode & 0o777).toBe(0o600);
  });
});

test('every command explains itself, with examples', async () => {
  const commands = ['connect', 'grant create', 'token request', 'audit verify'];
  for (const command of commands) {
    const ran = await home.writ([...command.split(' '), '--help']);
    expect(ran.code, command).toBe(0);
    expect(ran.stdout, command).toContain('Examples:');
  }
});

test('serve explains every setting that the broker reads', async () => {
  const source = await readFile(join(root, 'apps/server/src/config.ts'), 'utf8');
  const settings = [...source.matchAll(/^ {2}(WRIT_[A-Z_]+|DATABASE_URL): z/gm)].map(([, name]) => name);
  expect(settings.length).toBeGreaterThan(14);
  const { stdout } = await home.writ(['serve', '--help']);
  expect(settings.filter((name) => !stdout.includes(String(name)))).toEqual([]);
});
