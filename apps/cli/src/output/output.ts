import type { Writable } from 'node:stream';
import { inert } from '@writ/core';

/** Where a command writes: answers to standard output, what goes with them to standard error. */
export interface Output {
  /** Characters in a line. */
  readonly width: number;
  /** Writes an answer: lines, made harmless once more. */
  write(text: string): void;
  /** Writes one line as it is: an entry of the audit log, whose every byte counts. */
  line(text: string): void;
  /** Writes a value as JSON, on as many lines as it takes. */
  json(value: unknown): void;
  /** Writes a remark for people, which no script reads. */
  remark(text: string): void;
}

/** Makes the output. `stdout` may be a terminal. */
export function createOutput(stdout: Writable & { readonly columns?: number }, stderr: Writable): Output {
  return {
    width: Math.max(40, Math.min(stdout.columns || 80, 120)),
    write: (text) => void stdout.write(`${inertLines(text)}\n`),
    line: (text) => void stdout.write(`${text}\n`),
    json: (value) => void stdout.write(`${inertJson(value)}\n`),
    remark: (text) => void stderr.write(`${inertLines(text)}\n`),
  };
}

/** The last gate before the terminal: only line breaks are left of what could act on it. */
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
