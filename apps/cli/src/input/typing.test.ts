import { describe, expect, test } from 'vitest';
import { openScreen } from '../../../../test/support/screen.ts';
import { Failure } from '../failure.ts';
import { checkEmail } from './answers.ts';

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

  test('what is typed while the command works answers no password and no yes or no', async () => {
    const screen = openScreen();
    const { prompt } = screen;
    const work = async (): Promise<void> => {
      screen.typeBlind('y\r');
      // Work takes turns of the event loop; a timer may fire within the one in which the answer came.
      for (const _turn of [1, 2]) await new Promise((resolve) => setImmediate(resolve));
      screen.typeBlind('y');
    };
    const answers = (async () => {
      await work();
      const first = await prompt.secret('Your password');
      await work();
      const sure = await prompt.confirm('Sure?');
      await work();
      return [first, sure, await prompt.secret('The secret')];
    })();
    await screen.type('Your password (hidden):', 'one\r');
    await screen.type('Sure? [y/N]:', '\r');
    await screen.type('The secret (hidden):', 'two\r');
    expect(await answers).toEqual(['one', false, 'two']);
  });

  test('answers to questions that follow each other may be pasted together, passwords too', async () => {
    const screen = openScreen();
    const { prompt } = screen;
    const answers = (async () => [
      await prompt.line('E-mail'),
      await prompt.secret('Password'),
      await prompt.secret('The same again'),
    ])();
    await screen.type('E-mail:', 'jo@example.com\rsome words\rsome words\r');
    expect(await answers).toEqual(['jo@example.com', 'some words', 'some words']);
    expect(screen.shown()).not.toContain('some');
  });

  test('what was pasted behind an answer that is not taken answers nothing', async () => {
    const screen = openScreen();
    const answers = (async () => [
      await screen.prompt.line('E-mail', checkEmail),
      await screen.prompt.secret('Word'),
    ])();
    await screen.type('E-mail:', 'nobody\rsome words\r');
    await screen.type('is no e-mail address', '');
    await screen.type('E-mail:', 'jo@example.com\r');
    await screen.type('Word (hidden):', 'other words\r');
    expect(await answers).toEqual(['jo@example.com', 'other words']);
  });

  test('Ctrl-Z gives the terminal back, stops the program, and the question goes on where it was', async () => {
    const screen = openScreen();
    const answer = screen.prompt.line('Your name');
    await screen.type('Your name:', 'Jo\u001a');
    // Once for the line as it was, and again when the program goes on.
    await screen.type('Your name: Jo', '');
    await screen.type('Your name: Jo', '');
    expect(screen.happened.slice(screen.happened.indexOf('stopped') - 1)).toEqual([
      'cooked',
      'stopped',
      'cooked',
      'raw',
    ]);
    screen.happened.length = 0;
    screen.continue();
    expect(screen.happened).toEqual(['cooked', 'raw']);
    await screen.type('Your name: Jo', 'hn\r');
    expect(await answer).toBe('John');
    expect(screen.happened.at(-1)).toBe('cooked');
    screen.continue();
    expect(screen.happened.at(-1)).toBe('cooked');
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
