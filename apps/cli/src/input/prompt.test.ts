import { PassThrough } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { ApiError } from '@writ/api';
import { describe, expect, test } from 'vitest';
import { Failure } from '../failure.ts';
import { checkEmail, checkLink, checkName, checkToken, newPassword, tokenOf } from './answers.ts';
import { insist } from './insist.ts';
import { linesPrompt, type Prompt, terminalPrompt } from './prompt.ts';

interface Screen {
  readonly prompt: Prompt;
  /** Sends this once the screen shows `after`, since the last time it was waited for. */
  type(after: string, sent: string): Promise<void>;
  /** All that was written. */
  shown(): string;
}

/** A terminal whose keys are typed by the test. */
function openScreen(columns = 80): Screen {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  let [screen, seen] = ['', 0];
  let waiting: (() => void) | undefined;
  const write = (text: string): boolean => {
    screen += text;
    waiting?.();
    return true;
  };
  const terminal = {
    stdin: stdin as unknown as ReadStream,
    stderr: { write, columns } as unknown as WriteStream,
    plain: false,
  };
  return {
    prompt: terminalPrompt(terminal, { remark: (text) => void write(`${text}\n`) }),
    shown: () => screen,
    type: async (after, sent) => {
      while (!screen.slice(seen).includes(after)) {
        await new Promise<void>((resolve) => (waiting = resolve));
      }
      seen = screen.indexOf(after, seen) + after.length;
      stdin.write(sent);
    },
  };
}

const paste = (text: string): string => `\u001b[200~${text}\u001b[201~`;
const TOKEN = `writ_su_${'a1-_'.repeat(10)}xyz`;
const LINK = `http://localhost:8700/setup#token=${TOKEN}`;

describe('an answer that is wrong is asked for again in place', () => {
  test('with the reason, and without its question being lost', async () => {
    const screen = openScreen();
    const email = screen.prompt.line('Your e-mail address', checkEmail);
    await screen.type('address:', 'nobody\r');
    await screen.type('address:', 'jo@example.com\r');
    expect(await email).toBe('jo@example.com');
    expect(screen.shown()).toContain('That is no e-mail address; one looks like jo@example.com.\n');
  });

  test.each([
    ['an empty one', ''],
    ['one of spaces', '   '],
    ['one with an invisible character', 'Jo\u200bhn'],
    ['one too long', 'x'.repeat(101)],
  ])('a name: %s', (_, name) => {
    expect(checkName(name)).toMatch(/^A name has 1 to 100 characters/);
  });

  test('a new password is judged before it is asked for again, and both are where they differ', async () => {
    const screen = openScreen();
    const cli = { prompt: screen.prompt } as Parameters<typeof newPassword>[0];
    const password = newPassword(cli, { email: 'jo.doe@example.com', name: 'Jo' });
    await screen.type('(hidden):', 'short\r');
    await screen.type('has 5 characters', '');
    await screen.type('(hidden):', 'JO.DOE@example.com\r');
    await screen.type('is your own name or e-mail address', '');
    await screen.type('(hidden):', 'a few good words\r');
    await screen.type('The same again (hidden):', 'a few good wards\r');
    await screen.type('The two are not the same', '');
    await screen.type('(hidden):', 'a few good words\r');
    await screen.type('The same again (hidden):', 'a few good words\r');
    expect(await password).toBe('a few good words');
    expect(screen.shown()).not.toMatch(/few good|wards|JO\.DOE/);
  });

  test('what the broker refuses is asked for again alone', async () => {
    const screen = openScreen();
    const problem = { code: 'forbidden', detail: 'The set-up token is wrong.' };
    let sent = 0;
    const done = insist(
      screen.prompt,
      async () => {
        sent += 1;
        if (sent === 1) throw new ApiError({ status: 403, problem, retry_after: undefined });
        return 'done';
      },
      { forbidden: () => screen.prompt.link('The link') },
    );
    await screen.type('The set-up token is wrong.\n', '');
    await screen.type('The link (hidden):', 'x\r');
    expect([await done, sent]).toEqual(['done', 2]);
  });

  test('with what is wrong with which field', async () => {
    const screen = openScreen();
    const fields = [
      { field: 'credential.kind', problem: 'is no kind of railway', found: 'acount_token', nearest: 'account_token' },
    ];
    const problem = { code: 'validation_failed', detail: 'Some of it is wrong.', fields };
    const kinds = ['acount_token'];
    const done = insist(
      screen.prompt,
      async () => {
        if (kinds.length === 1) throw new ApiError({ status: 422, problem, retry_after: undefined });
        return kinds[1];
      },
      { 'credential.kind': async () => kinds.push(await screen.prompt.line('What kind')) },
    );
    await screen.type('is no kind of railway; found acount_token; did you mean account_token?', '');
    await screen.type('What kind:', 'account_token\r');
    expect(await done).toBe('account_token');
  });

  test('and never where nobody is there to answer', async () => {
    const out = { remark: () => undefined };
    const lines = new PassThrough();
    lines.end('nobody\njo@example.com\n');
    const asked = linesPrompt(lines, out).line('Your e-mail address', checkEmail);
    await expect(asked).rejects.toThrow('cannot be taken: That is no e-mail address');
    const problem = { code: 'forbidden', detail: 'no' };
    const refused = new ApiError({ status: 403, problem, retry_after: undefined });
    const never = { forbidden: () => Promise.reject(new Error('asked')) };
    await expect(insist(linesPrompt(lines, out), () => Promise.reject(refused), never)).rejects.toBe(refused);
  });
});

describe('a one-time link', () => {
  test.each([
    ['whole', paste(LINK)],
    ['broken by the terminal', paste(`${LINK.slice(0, 50)}\n${LINK.slice(50)}`)],
    ['broken, with the spaces of the next line', paste(`${LINK.slice(0, 50)}\r\n  ${LINK.slice(50)}\n`)],
    ['broken, from a terminal that marks no paste', `${LINK.slice(0, 50)}\r${LINK.slice(50)}`],
    ['as its token alone', TOKEN],
  ])('is taken %s', async (_, sent) => {
    const screen = openScreen();
    const link = screen.prompt.link('The link', checkLink('setup'));
    await screen.type('(hidden):', `${sent}\r`);
    expect(tokenOf(await link)).toBe(TOKEN);
    expect(screen.shown()).not.toContain('writ_su_');
  });

  test.each([
    ['cut within the token', LINK.slice(0, -9), /is cut off.* has 51 characters, and these are 42/],
    ['cut before the token', 'http://localhost:8700/setup#token=', /ends before its token/],
    ['cut before the fragment', 'http://localhost:8700/se', /ends before its token/],
    ['with more than itself', `${LINK}abc`, /has 51 characters, and these are 54/],
    ['of an invited user', LINK.replace('writ_su_', 'writ_ln_'), /`writ user accept` takes it/],
  ])('%s is said to be so', (_, link, problem) => {
    expect(checkLink('setup')(link)).toMatch(problem);
  });

  test('of a token that somebody chose is taken as it is', () => {
    expect(checkLink('setup')('https://writ.example/setup#token=chosen-by-me')).toBeUndefined();
  });
});

describe('what is hidden', () => {
  test.each([
    ['a control character', 'secret\tword\r', 'There was a control character in it'],
    ['several pasted lines', `${paste('first\nsecond')}\r`, 'It was pasted as several lines'],
    ['several lines of a terminal that marks no paste', 'first\rsecond', 'It was pasted as several lines'],
  ])('never takes %s unseen', async (_, sent, said) => {
    const screen = openScreen();
    const secret = screen.prompt.secret('Your password');
    await screen.type('Your password (hidden):', sent);
    await screen.type(said, '');
    await screen.type('Your password (hidden):', `${paste('right\n')}\r`);
    expect(await secret).toBe('right');
    expect(screen.shown()).not.toMatch(/first|second|word\t|right/);
  });

  test.each([
    ['a space', 'abc def'],
    ['a zero-width space', 'abc\u200bdef'],
    ['a byte order mark', '\ufeffabc'.repeat(2)],
  ])('a token holds no %s', (_, token) => {
    expect(checkToken(token)).toMatch(/^Character \d of it is a space or is invisible/);
  });
});

describe('keys', () => {
  test('what is typed ahead answers the next question, and never one for a yes', async () => {
    const screen = openScreen();
    const { prompt } = screen;
    const answers = (async () => [
      await prompt.line('First'),
      await prompt.line('Second'),
      await prompt.confirm('Sure?'),
    ])();
    await screen.type('First:', 'a\rb\ry\r');
    await screen.type('Sure? [y/N]:', '\r');
    expect(await answers).toEqual(['a', 'b', false]);
  });

  test('an empty answer to a yes or no is what was offered; anything else is asked again', async () => {
    const screen = openScreen();
    const yes = screen.prompt.confirm('Import?', true);
    await screen.type('Import? [Y/n]:', '\r');
    expect(await yes).toBe(true);
    const no = screen.prompt.confirm('Import?', true);
    await screen.type('Import? [Y/n]:', 'perhaps\r');
    await screen.type('Answer with yes or no.', '');
    await screen.type('Import? [Y/n]:', 'no\r');
    expect(await no).toBe(false);
  });

  test('Ctrl-D on an empty line stops the command with a sentence', async () => {
    const screen = openScreen();
    const asked = screen.prompt.secret('Your password').catch((error: unknown) => error);
    await screen.type('(hidden):', '\u0004');
    expect(await asked).toBeInstanceOf(Failure);
    expect(String(await asked)).toContain('Stopped: "Your password" was not answered.');
  });

  test('a long answer stays on the line of its question', async () => {
    const screen = openScreen(40);
    const asked = screen.prompt.line('Your name');
    await screen.type('Your name:', `${'ä'.repeat(90)}\u007f\r`);
    expect(await asked).toBe('ä'.repeat(89));
    const rows = screen.shown().split(/[\r\n]/);
    expect(
      Math.max(...rows.map((row) => row.replace('\u001b[?2004h', '').replace('\u001b[?2004l', '').length)),
    ).toBeLessThan(40);
  });
});
