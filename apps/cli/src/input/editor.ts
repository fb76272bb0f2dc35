/** One line as it is being typed: the text before and after the cursor, and the state of keys that are not complete. */
export interface Line {
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The beginning of an escape sequence whose rest has not come yet. */
  readonly pending: string;
  /** True between the marks that a terminal puts around what is pasted. */
  readonly pasting: boolean;
  /** True after a carriage return: a line feed that follows belongs to it. */
  readonly returned: boolean;
  /** True where the pasted text had a line break: only what follows tells whether it counts. */
  readonly broken: boolean;
  /** What was refused while typing: control characters, or more than one line. */
  readonly refused: readonly Objection[];
}

/** Why a line cannot be taken as it was typed. */
export type Objection = 'control character' | 'several lines';

/** How a key can end a line. */
export type LineEnd = 'enter' | 'interrupt' | 'end of input';

/** A pause that does not end the line: it continues when the program does. */
export type Pause = 'suspend';

/** The result of typing. */
export interface Edited {
  readonly line: Line;
  readonly ending?: LineEnd | Pause;
  /** The text typed after the line had ended, or after the program was to be suspended. */
  readonly rest: string;
  /** True where a key did nothing: a terminal sounds its bell. */
  readonly bell: boolean;
}

/** A line before anything was typed. */
export const EMPTY: Line = {
  before: [],
  after: [],
  pending: '',
  pasting: false,
  returned: false,
  broken: false,
  refused: [],
};

/** What was typed. */
export function textOf({ before, after }: Line): string {
  return [...before, ...after].join('');
}

/** Takes what a terminal sent, in raw mode, as keys on a line; stops after the key that ends it. */
export function edit(line: Line, sent: string): Edited {
  const keys = keysOf(resumed(line.pending, sent));
  let state: Line = { ...line, pending: keys.pending };
  let bell = false;
  let taken = 0;
  for (const key of keys.list) {
    taken += key.length;
    const wasReturned = state.returned;
    state = { ...state, returned: key === '\r' };
    if (key === '\n' && wasReturned) continue;
    const ending = endingOf(state, key);
    if (ending !== undefined) {
      const rest = keys.list.join('').slice(taken) + keys.pending;
      return { line: { ...state, pending: '' }, ending, rest, bell };
    }
    const next = pressed(state, key);
    bell ||= next === undefined;
    state = next ?? state;
  }
  return { line: state, rest: '', bell };
}

/** An Escape that was typed by hand: what comes after it stands for itself. */
function resumed(pending: string, sent: string): string {
  return pending === '\u001b' && !/^[[O]/.test(sent) ? sent : pending + sent;
}

function endingOf({ pasting, before, after }: Line, key: string): LineEnd | Pause | undefined {
  if (key === '\u0003') return 'interrupt';
  if (pasting) return undefined;
  if (key === '\u001a') return 'suspend';
  if (key === '\r' || key === '\n') return 'enter';
  return key === '\u0004' && before.length + after.length === 0 ? 'end of input' : undefined;
}

const ESCAPE = '\u001b';
const PASTE_BEGINS = '\u001b[200~';
const PASTE_ENDS = '\u001b[201~';

/** Returns the line after a key; undefined where the key means nothing here. */
function pressed(line: Line, key: string): Line | undefined {
  if (key === PASTE_BEGINS) return { ...line, pasting: true };
  if (key === PASTE_ENDS) return { ...line, pasting: false, broken: false };
  if (line.pasting && (key === '\r' || key === '\n')) return { ...line, broken: textOf(line) !== '' };
  const command = KEYS.get(key);
  if (command !== undefined && !line.pasting) return command(line);
  if (/^\p{Cc}/u.test(key)) return isHarmless(key, line) ? undefined : refuse(line, 'control character');
  // Joined with the character before it: the typed one may be an accent on that one.
  const typed = { ...line, before: [...line.before.slice(0, -1), ...graphemes(`${line.before.at(-1) ?? ''}${key}`)] };
  return line.broken ? refuse({ ...typed, broken: false }, 'several lines') : typed;
}

/** A key such as F5 that types nothing is ignored; a control character that could be meant as a part of the answer is not. */
function isHarmless(key: string, { pasting }: Line): boolean {
  return key.startsWith('\u001b') && !pasting;
}

function refuse(line: Line, why: Objection): Line {
  return line.refused.includes(why) ? line : { ...line, refused: [...line.refused, why] };
}

type Command = (line: Line) => Line | undefined;

const backspace: Command = (line) =>
  line.before.length === 0 ? undefined : { ...line, before: line.before.slice(0, -1) };
const remove: Command = (line) => (line.after.length === 0 ? undefined : { ...line, after: line.after.slice(1) });
const toStart: Command = (line) => ({ ...line, before: [], after: [...line.before, ...line.after] });
const toEnd: Command = (line) => ({ ...line, before: [...line.before, ...line.after], after: [] });
// The refused keys came with the text that is erased here: the next attempt begins without them.
const eraseBefore: Command = (line) => ({ ...line, before: [], refused: [] });
const eraseAfter: Command = (line) => ({ ...line, after: [] });
const left: Command = (line) => (line.before.length === 0 ? undefined : moved(line, line.before.length - 1));
const right: Command = (line) => (line.after.length === 0 ? undefined : moved(line, line.before.length + 1));
const wordLeft: Command = (line) => moved(line, wordStart(line.before));
const wordRight: Command = (line) => moved(line, line.before.length + wordEnd(line.after));
const eraseWord: Command = (line) => ({ ...line, before: line.before.slice(0, wordStart(line.before)) });

function moved({ before, after, ...rest }: Line, to: number): Line {
  const all = [...before, ...after];
  return { ...rest, before: all.slice(0, to), after: all.slice(to) };
}

function wordStart(before: readonly string[]): number {
  return graphemes(before.join('').replace(/\S+\s*$/u, '')).length;
}

function wordEnd(after: readonly string[]): number {
  return graphemes(/^\s*\S*/u.exec(after.join(''))?.[0] ?? '').length;
}

/** Keys as terminals send them (xterm's control sequences), and what they do; the same as in a shell. */
const KEYS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['\u007f', backspace],
  ['\b', backspace],
  ['\u0004', remove],
  ['\u001b[3~', remove],
  ['\u0001', toStart],
  ['\u0005', toEnd],
  ['\u0002', left],
  ['\u0006', right],
  ['\u0015', eraseBefore],
  ['\u000b', eraseAfter],
  ['\u0017', eraseWord],
  ['\u001b\u007f', eraseWord],
  ...['\u001b[D', '\u001bOD'].map((key) => [key, left] as const),
  ...['\u001b[C', '\u001bOC'].map((key) => [key, right] as const),
  ...['\u001b[H', '\u001bOH', '\u001b[1~', '\u001b[7~'].map((key) => [key, toStart] as const),
  ...['\u001b[F', '\u001bOF', '\u001b[4~', '\u001b[8~'].map((key) => [key, toEnd] as const),
  ...['\u001bb', '\u001b[1;5D', '\u001b[1;3D'].map((key) => [key, wordLeft] as const),
  ...['\u001bf', '\u001b[1;5C', '\u001b[1;3C'].map((key) => [key, wordRight] as const),
]);

/** A whole escape sequence (ECMA-48 section 5.4), or Alt with a key. */
const SEQUENCE = new RegExp(`^${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|O[ -~]|[^[O${ESCAPE}])`, 'u');
/** The beginning of one. */
const BEGINNING = new RegExp(`^${ESCAPE}(?:\\[[0-?]*[ -/]*|O)?$`, 'u');

/** What is no control character is typed as it is, a run at a time. */
const RUN = /^\P{Cc}+/u;

/** Splits the input into keys and runs of text. An escape sequence that is not complete is kept for later. */
function keysOf(sent: string): { readonly list: readonly string[]; readonly pending: string } {
  const list: string[] = [];
  for (let rest = sent; rest !== ''; ) {
    if (BEGINNING.test(rest)) return { list, pending: rest };
    const key = (RUN.exec(rest) ?? SEQUENCE.exec(rest))?.[0] ?? rest.charAt(0);
    list.push(key);
    rest = rest.slice(key.length);
  }
  return { list, pending: '' };
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Splits text into characters as people see them: a backspace takes a whole one. */
function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
