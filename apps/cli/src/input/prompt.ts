import type { Readable } from 'node:stream';
import { EXIT, Failure, usage } from '../failure.ts';
import type { Objection } from './editor.ts';
import { type Given, readLine, type Terminal } from './terminal.ts';

/** Says in a sentence what is wrong with an answer; undefined where nothing is. */
export type Check = (answer: string) => string | undefined;

/**
 * Asks a person, or takes the answers from standard input, one a line, in the order of the questions. An answer that its check refuses is
 * asked for again where a person is there, and otherwise fails the command.
 */
export interface Prompt {
  /** True where a person answers, who can be asked again. */
  readonly asks: boolean;
  /** Asks for a line that may be seen. Spaces around it are not part of it. */
  line(question: string, check?: Check): Promise<string>;
  /** Asks for a line that is not shown while it is typed. */
  secret(question: string, check?: Check): Promise<string>;
  /**
   * Asks for a link, which is not shown. White space is not part of it, so a link that was broken by the width of a terminal is whole
   * again.
   */
  link(question: string, check?: Check): Promise<string>;
  /** Asks for a yes or a no; an empty answer is `otherwise`. `false` where nobody can be asked. */
  confirm(question: string, otherwise?: boolean): Promise<boolean>;
  /** Says something to the person who answers, between two questions. */
  say(sentence: string): void;
}

/** The exit code of a program that Ctrl-C ended, as a shell has it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

interface Question {
  readonly question: string;
  readonly hidden: boolean;
  readonly check: Check;
  /** How typed text is read. */
  readonly read: (given: Given) => Read;
  /** Which answers must be typed after their question appeared: none, or those after the command has worked. */
  readonly fresh?: 'always' | 'after work';
}

interface Read {
  readonly answer: string;
  readonly problem?: string;
  /** Text that was typed ahead, a part of which belonged to this answer. */
  readonly rest?: string;
}

const something: Check = (answer) => (answer === '' ? 'Nothing was typed.' : undefined);

/** A prompt on the terminal. Questions go to standard error, so that answers can be piped. */
export function terminalPrompt(terminal: Terminal, out: { remark(text: string): void }): Prompt {
  let typedAhead = '';
  const work = noticeWork();
  const ask = async ({ question, hidden, check, read, fresh }: Question): Promise<string> => {
    if (!terminal.stdin.isTTY) throw nobodyToAsk(question);
    let forget = fresh === 'always' || (fresh === 'after work' && work.wasDone());
    for (;;) {
      const given = await readLine(terminal, { question, hidden, typedAhead: forget ? '' : typedAhead, forget });
      work.begin();
      if (given.ending === 'interrupt') process.exit(INTERRUPTED);
      if (given.ending === 'end of input') throw new Failure(EXIT.failed, `Stopped: "${question}" was not answered.`);
      const { answer, problem = check(answer), rest = given.rest } = read(given);
      // Where this answer is refused, the text typed ahead for the next question is no answer to this one.
      typedAhead = problem === undefined ? rest : '';
      forget = fresh !== undefined;
      if (problem === undefined) return answer;
      out.remark(problem);
    }
  };
  return {
    asks: terminal.stdin.isTTY === true,
    line: (question, check = something) => ask({ question, hidden: false, check, read: visibleLine }),
    secret: (question, check = something) =>
      ask({ question, hidden: true, check, read: hiddenLine, fresh: 'after work' }),
    link: (question, check = something) => ask({ question, hidden: true, check, read: linkLine(check) }),
    confirm: async (question, otherwise = false) => {
      if (!terminal.stdin.isTTY) return false;
      const choices = otherwise ? '[Y/n]' : '[y/N]';
      const asked = {
        question: `${question} ${choices}`,
        hidden: false,
        check: yesOrNo,
        read: visibleLine,
        fresh: 'always',
      } as const;
      const answer = await ask(asked);
      return answer === '' ? otherwise : isYes(answer);
    },
    say: (sentence) => out.remark(sentence),
  };
}

/**
 * Notices whether the command did anything since an answer was given. Questions that follow each other at once are one form, whose
 * answers may be pasted together; what is typed while the command works was typed without seeing the next question.
 */
function noticeWork(): { begin(): void; wasDone(): boolean } {
  let isDone = true;
  let next: NodeJS.Immediate | undefined;
  return {
    begin: () => {
      clearImmediate(next);
      isDone = false;
      next = setImmediate(() => {
        isDone = true;
      });
    },
    wasDone: () => isDone,
  };
}

const isYes = (answer: string): boolean => /^y(es)?$/i.test(answer);
const yesOrNo: Check = (answer) => (/^(y|yes|n|no|)$/i.test(answer) ? undefined : 'Answer with yes or no.');

const REFUSED: Readonly<Record<Objection, string>> = {
  'control character':
    'There was a control character in it, such as a tab, which nobody can see here. It was not taken; type it again.',
  'several lines': 'It was pasted as several lines, and one is wanted. It was not taken; paste it again.',
};

/** Visible text can be corrected while it is typed: a control character only rings the bell. */
function visibleLine({ text, refused }: Given): Read {
  const answer = text.trim();
  return refused.includes('several lines') ? { answer, problem: REFUSED['several lines'] } : { answer };
}

function hiddenLine({ text, refused, rest }: Given): Read {
  const [first] = refused;
  if (first !== undefined) return { answer: text, problem: REFUSED[first] };
  // A terminal that does not mark pasted text sends it all at once: the rest would become the next answer.
  if (/[^\r\n]$/.test(rest)) return { answer: text, problem: REFUSED['several lines'] };
  return { answer: text };
}

/** Joins a link that came in two lines: a terminal that does not mark pasted text sends both at once. */
function linkLine(check: Check) {
  return ({ text, rest }: Given): Read =>
    check(compact(text)) === undefined ? { answer: compact(text) } : { answer: compact(`${text}${rest}`), rest: '' };
}

function compact(link: string): string {
  return link.replace(/\s+/g, '');
}

function nobodyToAsk(question: string): Failure {
  return usage(
    `This needs an answer to "${question}", and there is no terminal to ask on. Give it on standard input with --stdin.`,
  );
}

/** A prompt whose answers are the lines of standard input. Each is taken as it is, without its line break. */
export function linesPrompt(stdin: Readable, out: { remark(text: string): void }): Prompt {
  let rest: Promise<string[]> | undefined;
  const next = async (question: string, check: Check = () => undefined): Promise<string> => {
    rest ??= readLines(stdin);
    const line = (await rest).shift();
    if (line === undefined)
      throw usage(
        `Standard input ended where a line for "${question}" was expected (--stdin takes one line for each answer).`,
      );
    const problem = check(line);
    if (problem !== undefined) throw usage(`The line for "${question}" cannot be taken: ${problem}`);
    return line;
  };
  return {
    asks: false,
    line: next,
    secret: next,
    link: async (question, check = () => undefined) => compact(await next(question, (line) => check(compact(line)))),
    confirm: async () => false,
    say: (sentence) => out.remark(sentence),
  };
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
