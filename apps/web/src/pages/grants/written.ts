/** The draft of grants as text: one line for each thing, in the words that `writ grant` takes; an empty line between grants. */
import {
  conditionLine,
  durationText,
  joinPieces,
  type Limit,
  limitText,
  lineText,
  readCondition,
  readDuration,
  readExpiry,
  readLimit,
  readLineText,
  shellWord,
} from '@writ/core';
import { type Condition, type Draft, emptyPart, grantsOf, onArgument, type Part } from '../../parts/grant/draft.ts';

/** A line that cannot be read. `line` counts from 1. */
export interface LineProblem {
  readonly line: number;
  readonly problem: string;
}

/** A thing that is said of a grant: a place with operations, or the value of an option. */
interface Said {
  readonly option?: string;
  readonly value: string;
}

/** The options whose value is any text: a line has them in double quotes where they would be read as something else. */
const PLAIN: ReadonlySet<string> = new Set(['resource', 'name', 'note']);

/** Writes a draft, so that `readDraft` reads the same. The client is no part of it. */
export function writeDraft(draft: Draft): string {
  const [first, ...others] = draft.parts.map(saidOf);
  return [[...(first ?? []), ...saidOfAll(draft)], ...others].map((said) => said.map(lineOf).join('\n')).join('\n\n');
}

function lineOf({ option, value }: Said): string {
  if (option === undefined) return value;
  return `--${option} ${PLAIN.has(option) ? lineText(value) : value}`;
}

function saidOfAll({ max_ttl_seconds, expires_at, name, note }: Draft): Said[] {
  return [
    ...(max_ttl_seconds === undefined ? [] : [{ option: 'ttl', value: durationText(max_ttl_seconds) }]),
    ...(expires_at === undefined ? [] : [{ option: 'expires', value: expires_at }]),
    ...(name === '' ? [] : [{ option: 'name', value: name }]),
    ...(note === '' ? [] : [{ option: 'note', value: note }]),
  ];
}

/** What was not chosen yet is left out between the slashes. */
function saidOf(part: Part): Said[] {
  const { connection, environments, operations, resources, conditions, limits } = part;
  const some = (all: readonly string[]): readonly string[] => (all.length === 0 ? [''] : all);
  const pieces = some(environments).flatMap((environment) =>
    some(operations).map((operation) => ({ value: `${connection}/${environment}/${operation}` })),
  );
  return [
    ...(pieces.length === 1 && pieces[0]?.value === '//' ? [] : pieces),
    ...conditions.map((one) => ({ option: 'where', value: conditionLine(one) })),
    ...resources.map((value) => ({ option: 'resource', value })),
    ...limits.map((limit) => ({ option: 'limit', value: limitText(limit) })),
  ];
}

/** Reads a text: the draft with what it says, or what is wrong with its lines. `now` in milliseconds. */
export function readDraft(
  text: string,
  { before, now }: { readonly before: Draft; readonly now: number },
): Draft | readonly LineProblem[] {
  const { lines, clients } = linesOf(text);
  const read: Reading = { parts: [], own: {}, problems: [], now };
  const client_id = before.client_id || (clients[0] ?? '');
  const other = clients.find((client) => client !== client_id);
  if (other !== undefined)
    read.problems.push({ line: 1, problem: `is for the client ${other}, and this grant is for ${client_id}` });
  let block = newBlock();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') {
      closeBlock(block, read);
      block = newBlock();
    } else {
      const problem = readLine(line.trim(), { block, read });
      if (problem !== undefined) read.problems.push({ line: index + 1, problem });
    }
  }
  closeBlock(block, read);
  if (read.problems.length > 0) return read.problems;
  const none = { max_ttl_seconds: undefined, expires_at: undefined, name: '', note: '' };
  const parts = read.parts.length > 0 ? read.parts : [emptyPart()];
  return { client_id, parts, ...none, ...read.own };
}

interface Block {
  readonly pieces: { connection: string; environment: string; operation: string }[];
  readonly conditions: Condition[];
  readonly resources: string[];
  readonly limits: Limit[];
}

type Own = { -readonly [K in 'max_ttl_seconds' | 'expires_at' | 'name' | 'note']?: Draft[K] };

interface Reading {
  readonly parts: Part[];
  readonly own: Own;
  readonly problems: LineProblem[];
  readonly now: number;
}

function newBlock(): Block {
  return { pieces: [], conditions: [], resources: [], limits: [] };
}

/** The places of a block with just the same operations are one part; what narrows it narrows each of them, as on the command line. */
function closeBlock(block: Block, { parts }: Reading): void {
  const { pieces, conditions, resources, limits } = block;
  if (pieces.length + conditions.length + resources.length + limits.length === 0) return;
  const scopes = joinPieces(pieces);
  const some = (all: readonly string[]): string[] => all.filter((each) => each !== '');
  for (const scope of scopes.length > 0 ? scopes : [emptyPart()]) {
    const environments = some(scope.environments);
    const operations = some(scope.operations);
    parts.push({ connection: scope.connection, environments, operations, conditions, resources, limits });
  }
}

interface Place {
  readonly block: Block;
  readonly read: Reading;
}

type Option = (value: string, place: Place) => string | undefined;

const OPTIONS: Readonly<Record<string, Option>> = {
  where: (value, { block }) => {
    const condition = readCondition(value);
    if (condition === undefined)
      return 'must be an operation, the path of an argument, a comparison and a value: --where domainCreate input.domain ends_with .example.com';
    const { operation, path } = condition;
    if (block.conditions.some(onArgument(condition)))
      return `is the second condition on ${path} of ${operation}: an argument has one`;
    block.conditions.push(condition);
    return undefined;
  },
  resource: (value, { block }) => void block.resources.push(readLineText(value)),
  limit: (value, { block }) => {
    const limit = readLimit(value);
    if (limit === undefined)
      return 'must be such as "5 *:destroy per day" or "50000 in body.amount of refundCreate per week"; per task, hour, day or week';
    block.limits.push(limit);
    return undefined;
  },
  ttl: (value, { read }) => {
    const seconds = readDuration(value);
    return seconds === undefined ? 'must be a duration such as 90s, 15m or 1h' : own(read, 'max_ttl_seconds', seconds);
  },
  expires: (value, { read }) => {
    const moment = readExpiry(value, read.now);
    return moment === undefined
      ? 'must be a duration such as 30d, or a moment such as 2026-12-31T00:00:00Z'
      : own(read, 'expires_at', moment);
  },
  name: (value, { read }) => own(read, 'name', readLineText(value)),
  note: (value, { read }) => own(read, 'note', readLineText(value)),
};

/** Keeps what is said of all grants of the text. */
function own<K extends keyof Own>({ own: known }: Reading, member: K, value: NonNullable<Own[K]>): string | undefined {
  if (known[member] !== undefined && known[member] !== value)
    return `says otherwise than a line above: grants that are made together have one`;
  known[member] = value;
  return undefined;
}

function readLine(line: string, place: Place): string | undefined {
  const [, name, value = ''] = /^--([a-z]+)(?:[\s=](.*))?$/.exec(line) ?? [];
  if (name !== undefined) {
    const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (option === undefined)
      return `has no option --${name}: there are ${Object.keys(OPTIONS)
        .map((each) => `--${each}`)
        .join(', ')}`;
    if (value.trim() === '') return `--${name} needs a value`;
    return option(value.trim(), place);
  }
  const [, connection = '', environment = '', operation = ''] = /^([^/\s]+)\/([^/\s]*)\/(\S*)$/.exec(line) ?? [];
  if (connection === '')
    return 'must be connection/environment/operations, such as acme/staging/domain*, or an option such as --where';
  place.block.pieces.push({ connection, environment, operation });
  return undefined;
}

/** The lines of a text, or of whole `writ grant ...` commands, one thing a line: people paste what they copied. */
function linesOf(text: string): { readonly lines: readonly string[]; readonly clients: readonly string[] } {
  if (!/^\s*writ\s+grant\s/.test(text)) return { lines: text.split('\n'), clients: [] };
  const lines: string[] = [];
  const clients: string[] = [];
  const words = shellWords(text)[Symbol.iterator]();
  let isClientNext = false;
  for (const word of words) {
    const [, option, value] = /^--([a-z]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (option !== undefined) {
      lines.push(lineOf({ option, value: value ?? words.next().value ?? '' }));
    } else if (word === 'writ') {
      words.next();
      lines.push('');
      isClientNext = true;
    } else if (isClientNext && word !== 'create') {
      clients.push(word);
      isClientNext = false;
    } else if (!isClientNext) lines.push(word);
  }
  return { lines: lines.slice(1), clients };
}

function shellWords(text: string): string[] {
  return [...text.replaceAll('\\\n', ' ').matchAll(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+/g)].map(([word]) =>
    word.replace(
      /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
      (_, single, double, escaped) => single ?? double?.replace(/\\(.)/g, '$1') ?? escaped,
    ),
  );
}

/** The commands that make the same grants, one each. */
export function commandsOf(draft: Draft): string {
  return draft.parts
    .map((part) =>
      [`writ grant ${shellWord(draft.client_id)}`, ...[...saidOf(part), ...saidOfAll(draft)].map(argumentOf)].join(
        ' \\\n    ',
      ),
    )
    .join('\n');
}

/** The same grants as the API takes them: one, or a list. */
export function jsonOf(draft: Draft): string {
  const grants = grantsOf(draft);
  return JSON.stringify(grants.length === 1 ? grants[0] : grants, null, 2);
}

function argumentOf({ option, value }: Said): string {
  return option === undefined ? shellWord(value) : `--${option} ${shellWord(value)}`;
}
