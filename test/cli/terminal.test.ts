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

beforeAll(async () => {
  broker = await startFakeBroker(() => {
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

/** Runs `writ` on a terminal: each answer is typed once what stands before it is shown. Returns all that was shown. */
function onTerminal(args: readonly string[], answers: readonly (readonly [string, string])[]): Promise<string> {
  const line = [pinnedNode(), '--conditions=source', cliMain, ...args].map((word) => `'${word}'`).join(' ');
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
