import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { inert } from '@writ/core';
import { EXIT, Failure, usage } from '../failure.ts';
import { readHidden } from './hidden.ts';

/** Asks a person, or takes the answers from standard input, one a line, in the order in which they would be asked. */
export interface Prompt {
  /** Asks for a line that may be seen. */
  line(question: string): Promise<string>;
  /** Asks for a line that is not shown while it is typed. */
  secret(question: string): Promise<string>;
  /** Asks for a yes; `false` where nobody can be asked. */
  confirm(question: string): Promise<boolean>;
}

/** A prompt on the terminal. Questions go to standard error, so that answers can be piped. */
export function terminalPrompt(stdin: ReadStream, stderr: WriteStream): Prompt {
  const ask = async (question: string): Promise<string> => {
    if (!stdin.isTTY) throw nobodyToAsk(question);
    const lines = createInterface({ input: stdin, output: stderr });
    lines.once('SIGINT', () => process.exit(130));
    try {
      return (await lines.question(`${inert(question)}: `)).trim();
    } finally {
      lines.close();
    }
  };
  return {
    line: ask,
    secret: (question) => (stdin.isTTY ? readHidden(stdin, stderr, question) : Promise.reject(nobodyToAsk(question))),
    confirm: async (question) => stdin.isTTY === true && /^y(es)?$/i.test(await ask(`${question} [y/N]`)),
  };
}

function nobodyToAsk(question: string): Failure {
  return usage(
    `This needs an answer to "${question}", and there is no terminal to ask on. Give it on standard input with --stdin.`,
  );
}

/** A prompt whose answers are the lines of standard input. Each is taken as it is, without its line break. */
export function linesPrompt(stdin: Readable): Prompt {
  let rest: Promise<string[]> | undefined;
  const next = async (question: string): Promise<string> => {
    rest ??= readLines(stdin);
    const line = (await rest).shift();
    if (line === undefined)
      throw usage(
        `Standard input ended where a line for "${question}" was expected (--stdin takes one line for each answer).`,
      );
    return line;
  };
  return { line: next, secret: next, confirm: async () => false };
}

const MOST_INPUT = 256 * 1024;

async function readLines(stdin: Readable): Promise<string[]> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_INPUT) throw new Failure(EXIT.usage, 'Standard input is longer than any answer could be.');
    chunks.push(bytes);
  }
  const lines = Buffer.concat(chunks).toString('utf8').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
