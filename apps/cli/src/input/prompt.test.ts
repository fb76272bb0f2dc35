import { PassThrough } from 'node:stream';
import { ApiError } from '@writ/api';
import { describe, expect, test } from 'vitest';
import { openScreen } from '../../../../test/support/screen.ts';
import { checkEmail, checkLink, checkName, checkToken, newPassword, tokenOf } from './answers.ts';
import { insist } from './insist.ts';
import { linesPrompt } from './prompt.ts';

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
    const password = newPassword(screen.prompt, { email: 'jo.doe@example.com', name: 'Jo' });
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
