import { describe, expect, test } from 'vitest';
import { type Edited, EMPTY, edit, textOf } from './editor.ts';

/** Types these pieces one after the other, as a terminal would send them; stops where the line ends. */
function type(...pieces: readonly string[]): Edited & { readonly text: string } {
  let edited: Edited = { line: EMPTY, rest: '', bell: false };
  for (const piece of pieces) {
    edited = edit(edited.line, piece);
    if (edited.ending !== undefined) break;
  }
  return { ...edited, text: textOf(edited.line) };
}

const LEFT = '\u001b[D';
const paste = (text: string): string => `\u001b[200~${text}\u001b[201~`;

describe('keys edit the line as in a shell', () => {
  test.each([
    ['a letter', ['abc'], 'abc'],
    ['backspace', ['abc\u007f'], 'ab'],
    ['backspace of a terminal that sends BS', ['abc\b'], 'ab'],
    ['backspace over two bytes', ['aä\u007f'], 'a'],
    ['backspace over a pair of surrogates', ['a🔑\u007f'], 'a'],
    ['backspace over a family of four', ['a👨‍👩‍👧‍👦\u007f'], 'a'],
    ['backspace over an accent that was typed after its letter', ['ae', '\u0301', '\u007f'], 'a'],
    ['backspace on nothing', ['\u007fa'], 'a'],
    ['Ctrl-U', ['wrong\u0015right'], 'right'],
    ['Ctrl-U before the cursor alone', [`abc${LEFT}\u0015`], 'c'],
    ['Ctrl-K', [`abc${LEFT}\u000b`], 'ab'],
    ['Ctrl-W', ['one two \u0017'], 'one '],
    ['Ctrl-W twice', ['one two\u0017\u0017x'], 'x'],
    ['Alt-Backspace', ['one two\u001b\u007f'], 'one '],
    ['arrow left', [`ac${LEFT}b`], 'abc'],
    ['arrow left in application mode', ['ac\u001bODb'], 'abc'],
    ['arrow right', [`ac${LEFT}${LEFT}\u001b[Cb`], 'abc'],
    ['Home and End', ['b\u001b[Ha\u001b[Fc'], 'abc'],
    ['Ctrl-A and Ctrl-E', ['b\u0001a\u0005c'], 'abc'],
    ['a word to the left', ['one three\u001b[1;5Dtwo '], 'one two three'],
    ['a word to the right', ['one three\u0001\u001b[1;5C two'], 'one two three'],
    ['Delete', [`abc${LEFT}\u001b[3~`], 'ab'],
    ['Ctrl-D within the line', [`abc${LEFT}\u0004`], 'ab'],
    ['arrows up and down', ['a\u001b[A\u001b[Bb'], 'ab'],
    ['function keys', ['a\u001b[15~\u001bOP\u001b[Zb'], 'ab'],
    ['a sequence that comes in pieces', ['ac\u001b', '[', 'Db'], 'abc'],
    ['Escape by hand', ['a', '\u001b', 'b'], 'ab'],
  ])('%s', (_, pieces, text) => {
    expect(type(...pieces)).toMatchObject({ text, rest: '' });
    expect(type(...pieces).ending).toBeUndefined();
    expect(type(...pieces).line.refused).toEqual([]);
  });
});

describe('a line ends', () => {
  test.each([
    ['with a carriage return', 'a\r', ''],
    ['with a line feed', 'a\n', ''],
    ['and what follows is for the next question', 'a\rb\r', 'b\r'],
    ['with the cursor anywhere', `ab${LEFT}\r`, ''],
  ])('%s', (_, sent, rest) => {
    expect(type(sent)).toMatchObject({ ending: 'enter', rest });
  });

  test('once with CRLF, also where it comes in two pieces', () => {
    const first = type('a\r\nb\r\n');
    const second = edit({ ...EMPTY, returned: true }, first.rest);
    expect([first.text, textOf(second.line), second.ending, second.rest]).toEqual(['a', 'b', 'enter', '\n']);
    expect(edit({ ...EMPTY, returned: true }, '\n')).toMatchObject({ rest: '', line: { before: [] } });
  });

  test('with Ctrl-D on an empty line, and not on another', () => {
    expect(type('\u0004').ending).toBe('end of input');
    expect(type('a\u0004')).toMatchObject({ text: 'a', bell: true });
    expect(type('a\u0004').ending).toBeUndefined();
  });

  test('with Ctrl-C, whether or not anything stands there', () => {
    expect(type('abc\u0003').ending).toBe('interrupt');
  });
});

describe('what is pasted', () => {
  test('is typed, and its last line break is not an answer', () => {
    expect(type(paste('token\r\n'))).toMatchObject({ text: 'token', line: { refused: [] } });
    expect(type(paste('token\n')).ending).toBeUndefined();
    expect(type(paste('\n token'))).toMatchObject({ text: ' token', line: { refused: [] } });
  });

  test('on several lines is joined, and said to be several lines', () => {
    expect(type(paste('https://writ.example/set\nup#token=x'))).toMatchObject({
      text: 'https://writ.example/setup#token=x',
      line: { refused: ['several lines'] },
    });
  });

  test('in two pieces with a break between them is several lines too', () => {
    expect(type('\u001b[200~one\r', '\ntwo\u001b[201~').line.refused).toEqual(['several lines']);
    expect(type(paste('one\n'), 'two').line.refused).toEqual([]);
  });

  test('never acts as a key', () => {
    expect(type(`a${paste('b\u0015c\u007fd')}`)).toMatchObject({
      text: 'abcd',
      line: { refused: ['control character'] },
    });
  });

  test('of a megabyte takes no time that grows with its square', () => {
    const text = 'x'.repeat(1_000_000);
    expect(type(paste(text)).text).toBe(text);
  });
});

describe('a control character', () => {
  const NAMED = [...'\u0000\u0007\t\u000e\u0016\u0018\u001c\u001f\u0080\u009b'];
  test.each(NAMED.map((character) => [`U+${character.charCodeAt(0).toString(16).padStart(4, '0')}`, character]))(
    '%s never becomes a part of the line, and is said',
    (_, character) => {
      expect(type(`a${character}b`)).toMatchObject({ text: 'ab', line: { refused: ['control character'] } });
      expect(type(`a${paste(character)}b`)).toMatchObject({ text: 'ab', line: { refused: ['control character'] } });
    },
  );

  test('is forgotten with the line that Ctrl-U erases', () => {
    expect(type('a\tb\u0015c')).toMatchObject({ text: 'c', line: { refused: [] } });
  });
});
