import type { ReadStream, WriteStream } from 'node:tty';
import { inert } from '@writ/core';
import { wrap } from '../output/text.ts';
import { EMPTY, type Ending, edit, type Line, type Refused, textOf } from './editor.ts';

/** A terminal to ask on. */
export interface Terminal {
  readonly stdin: ReadStream;
  readonly stderr: WriteStream;
  /** True for a terminal that understands no control sequences (`TERM=dumb`). */
  readonly plain: boolean;
}

/** A line as it was given. */
export interface Given {
  readonly text: string;
  readonly ending: Ending;
  /** Why it cannot be taken as it is; empty where it can. */
  readonly refused: readonly Refused[];
  /** What was typed ahead, for the next question. */
  readonly rest: string;
}

/** Narrower than this, what is typed would not be seen beside its question. */
const LEAST_ROOM = 20;

/** Asks one question in raw mode, and returns how the line ended. What is hidden is not shown, not even its length. */
export function readLine(
  terminal: Terminal,
  ask: { readonly question: string; readonly hidden: boolean; readonly typedAhead: string },
): Promise<Given> {
  const { stdin, stderr, plain } = terminal;
  // Before the question: whoever answers at once is not shown either.
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  const view = createView(stderr, ask);
  if (!plain) stderr.write('\u001b[?2004h');
  view.open();
  return new Promise((resolve) => {
    // A line feed at the start is the rest of the line before.
    let line: Line = { ...EMPTY, returned: true };
    const finish = (ending: Ending, rest: string): void => {
      stdin.off('data', onData).off('end', onEnd);
      stdin.pause();
      if (!plain) stderr.write('\u001b[?2004l');
      stderr.write('\n');
      stdin.setRawMode(false);
      resolve({ text: textOf(line), ending, refused: line.refused, rest });
    };
    const onEnd = (): void => finish('end of input', '');
    const onData = (sent: string): void => {
      const edited = edit(line, sent);
      line = edited.line;
      view.draw(line);
      if (edited.ending !== undefined) finish(edited.ending, edited.rest);
      else if (edited.bell) stderr.write('\u0007');
    };
    stdin.on('data', onData).on('end', onEnd);
    if (ask.typedAhead !== '') onData(ask.typedAhead);
    stdin.resume();
  });
}

interface View {
  open(): void;
  draw(line: Line): void;
}

/** The question with what is typed beside it, drawn anew after each key without any control sequence but a carriage return. */
function createView(
  stderr: WriteStream,
  { question, hidden }: { readonly question: string; readonly hidden: boolean },
): View {
  const columns = stderr.columns || 80;
  const lines = wrap(`${inert(question)}${hidden ? ' (hidden):' : ':'}`, Math.max(LEAST_ROOM, columns - LEAST_ROOM));
  const label = `${lines.at(-1)} `;
  let drawn = 0;
  return {
    open: () => void stderr.write([...lines.slice(0, -1), label].join('\n')),
    draw: ({ before, after }) => {
      if (hidden) return;
      const left = tail(before.map(shown), columns - label.length - 1);
      const right = head(after.map(shown), columns - label.length - 1 - widthOf(left));
      const width = widthOf([...left, ...right]);
      stderr.write(`\r${label}${left.join('')}${right.join('')}${' '.repeat(Math.max(0, drawn - width))}`);
      stderr.write(`\r${label}${left.join('')}`);
      drawn = width;
    },
  };
}

/** What could act on the terminal is shown as its code. */
function shown(character: string): string {
  return /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(character) ? inert(character) : character;
}

/** Columns: whatever is not Latin may take two. */
function widthOf(characters: readonly string[]): number {
  return characters.reduce(
    (sum, character) => sum + (character > '\u02ff' ? 2 * character.length : character.length),
    0,
  );
}

function tail(characters: readonly string[], room: number): string[] {
  const taken: string[] = [];
  let left = room;
  for (let at = characters.length - 1; at >= 0; at -= 1) {
    const character = characters[at] ?? '';
    left -= widthOf([character]);
    if (left < 0) break;
    taken.unshift(character);
  }
  return taken;
}

function head(characters: readonly string[], room: number): string[] {
  return tail([...characters].reverse(), room).reverse();
}
