import type { Writable } from 'node:stream';
import { inert } from '@writ/core';
import { asCalled } from './as-called.ts';
import { wrapIndented } from './text.ts';

/** Where a command writes: answers to standard output, what goes with them to standard error. */
export interface Output {
  /** Characters in a line. */
  readonly width: number;
  /** Writes an answer: lines, made harmless once more. On a terminal sentences are broken between words. */
  write(text: string): void;
  /** Writes one line as it is: an entry of the audit log, whose every byte counts. */
  line(text: string): void;
  /** Writes a value as JSON, on as many lines as it takes. */
  json(value: unknown): void;
  /** Writes a remark for people, which no script reads; the commands in it are written as this program was called. */
  remark(text: string): void;
}

/** What a terminal tells of itself. */
interface Screen {
  readonly columns?: number;
  readonly isTTY?: boolean;
}

/** Characters in a line of a terminal, or of a file: neither so few that nothing fits, nor more than can be read at ease. */
export function widthOf({ columns }: Screen): number {
  return Math.max(40, Math.min(columns || 80, 120));
}

/** Makes the output. `program` is what is typed to call it. */
export function createOutput(stdout: Writable & Screen, stderr: Writable & Screen, program: string): Output {
  const fitted = (text: string, screen: Screen, isFitted: (line: string) => boolean): string =>
    screen.isTTY === true
      ? text
          .split('\n')
          .flatMap((line) => (isFitted(line) ? wrapIndented(line, widthOf(screen)) : [line]))
          .join('\n')
      : text;
  return {
    width: widthOf(stdout),
    write: (text) => void stdout.write(`${fitted(inertLines(text), stdout, isSentence)}\n`),
    line: (text) => void stdout.write(`${text}\n`),
    json: (value) => void stdout.write(`${inertJson(value)}\n`),
    remark: (text) => void stderr.write(`${fitted(inertLines(asCalled(text, program)), stderr, () => true)}\n`),
  };
}

/** Other long text, such as a command, a link or a signed note, is copied, and a line break in it would be copied too. */
function isSentence(line: string): boolean {
  return /^[A-Z].* .*[.:?]$/.test(line);
}

/** The last step before the terminal: of all characters that could act on it only line breaks remain. */
function inertLines(text: string): string {
  return text.split('\n').map(inert).join('\n');
}

/** The same value, with every character that could act on a terminal in JSON's own escapes. */
export function inertJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) =>
      line.replace(/[^\x20-\x7e]/gu, (character) => (inert(character) === character ? character : escaped(character))),
    )
    .join('\n');
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
