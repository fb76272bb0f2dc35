import type { ReadStream, WriteStream } from 'node:tty';
import { inert } from '@writ/core';
import { wrap } from '../output/text.ts';
import { EMPTY, edit, type Line, type LineEnd, type Objection, textOf } from './editor.ts';

/** A terminal to ask on. */
export interface Terminal {
  readonly stdin: ReadStream;
  readonly stderr: WriteStream;
  /** True for a terminal that understands no control sequences (`TERM=dumb`). */
  readonly plain: boolean;
  readonly job: Job;
}

/** How a shell's job control reaches this program. */
export interface Job {
  /** Suspends the program and everything that runs with it, as Ctrl-Z does elsewhere; false where nothing can be suspended. */
  suspend(): boolean;
  /** Calls `listener` whenever the program continues after it was stopped. Returns the function that ends this. */
  onContinue(listener: () => void): () => void;
}

/** A line as it was given. */
export interface Given {
  readonly text: string;
  readonly ending: LineEnd;
  /** The objections to it; empty where it can be taken. */
  readonly refused: readonly Objection[];
  /** The text typed ahead for the next question. */
  readonly rest: string;
}

/** A question to ask. */
export interface Ask {
  readonly question: string;
  readonly hidden: boolean;
  readonly typedAhead: string;
  /** True where text typed before the question does not count. */
  readonly forget: boolean;
}

/** The least room for an answer: with less, typed text would not be seen beside its question. */
const LEAST_ROOM = 20;

/** Asks one question in raw mode, and returns how the line ended. What is hidden is not shown, not even its length. */
export async function readLine(terminal: Terminal, ask: Ask): Promise<Given> {
  const { stdin } = terminal;
  // Set before the question is written: so an answer that comes at once is not shown either.
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  if (ask.forget) await forgetTyped(stdin);
  return await new Promise((resolve) => new OpenQuestion(terminal, ask, resolve));
}

/** A question that is being answered. */
class OpenQuestion {
  readonly #terminal: Terminal;
  readonly #view: View;
  readonly #resolve: (given: Given) => void;
  readonly #stopListening: () => void;
  // A line feed at the start is the rest of the line before.
  #line: Line = { ...EMPTY, returned: true };

  constructor(terminal: Terminal, ask: Ask, resolve: (given: Given) => void) {
    this.#terminal = terminal;
    this.#view = createView(terminal.stderr, ask);
    this.#resolve = resolve;
    const { stdin, job } = terminal;
    const [onData, onEnd] = [(sent: string) => this.#take(sent), () => this.#finish('end of input', '')];
    stdin.on('data', onData).on('end', onEnd);
    const endContinue = job.onContinue(() => {
      // Written over the existing line, where the program stopped itself.
      terminal.stderr.write('\r');
      this.#open();
    });
    this.#stopListening = () => {
      stdin.off('data', onData).off('end', onEnd);
      endContinue();
    };
    this.#open();
    if (stdin.readableEnded) onEnd();
    else if (ask.typedAhead !== '') onData(ask.typedAhead);
    stdin.resume();
  }

  #take(sent: string): void {
    const { ending, bell, line, rest } = edit(this.#line, sent);
    const isSame = textOf(line) === textOf(this.#line) && line.after.length === this.#line.after.length;
    this.#line = line;
    if (!isSame) this.#view.draw(line);
    if (ending === 'suspend') this.#suspend(rest);
    else if (ending !== undefined) this.#finish(ending, rest);
    else if (bell) this.#ring();
  }

  /** Restores the terminal while the program is stopped. Where it was not stopped after all, the question just continues. */
  #suspend(rest: string): void {
    this.#close();
    if (!this.#terminal.job.suspend()) this.#ring();
    this.#open();
    if (rest !== '') this.#take(rest);
  }

  #finish(ending: LineEnd, rest: string): void {
    this.#stopListening();
    this.#terminal.stdin.pause();
    this.#close();
    this.#resolve({ text: textOf(this.#line), ending, refused: this.#line.refused, rest });
  }

  #open(): void {
    const { stdin, stderr, plain } = this.#terminal;
    // A shell may have changed the terminal while the program was stopped: only a change of the mode sets it again.
    stdin.setRawMode(false);
    stdin.setRawMode(true);
    if (!plain) stderr.write('\u001b[?2004h');
    this.#view.open();
    if (textOf(this.#line) !== '') this.#view.draw(this.#line);
  }

  #close(): void {
    const { stdin, stderr, plain } = this.#terminal;
    if (!plain) stderr.write('\u001b[?2004l');
    stderr.write('\n');
    stdin.setRawMode(false);
  }

  #ring(): void {
    this.#terminal.stderr.write('\u0007');
  }
}

/** Reads and forgets what was typed while nothing was asked. */
async function forgetTyped(stdin: ReadStream): Promise<void> {
  let came = true;
  const onData = (): void => {
    came = true;
  };
  stdin.on('data', onData).resume();
  while (came) {
    came = false;
    // After two turns of the event loop, everything that the terminal held was read.
    await turn();
    await turn();
  }
  stdin.off('data', onData).pause();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
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

/** Columns: a character that is not Latin may take two. */
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
