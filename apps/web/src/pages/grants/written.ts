/** The draft of grants as text: one line for each thing, in the words that `writ grant` takes; an empty line between grants. */
import {
  conditionLine,
  durationText,
  joinPieces,
  type Limit,
  limitText,
  readCondition,
  readDuration,
  readExpiry,
  readLimit,
} from '@writ/core';
import { type Condition, type Draft, emptyPart, type Part } from '../../parts/grant/draft.ts';

/** A line that cannot be read. `line` counts from 1. */
export interface LineProblem {
  readonly line: number;
  readonly problem: string;
}

/** Writes a draft, so that `readDraft` reads the same. The client is no part of it. */
export function writeDraft(draft: Draft): string {
  const { max_ttl_seconds, expires_at, name, note } = draft;
  const own = [
    ...(max_ttl_seconds === undefined ? [] : [`--ttl ${durationText(max_ttl_seconds)}`]),
    ...(expires_at === undefined ? [] : [`--expires ${expires_at}`]),
    ...(name === '' ? [] : [`--name ${name}`]),
    ...(note === '' ? [] : [`--note ${note}`]),
  ];
  const [first, ...others] = draft.parts.map(linesOf);
  return [[...(first ?? []), ...own], ...others].map((lines) => lines.join('\n')).join('\n\n');
}

/** What was not chosen yet is left out between the slashes. */
function linesOf(part: Part): string[] {
  const { connection, environments, operations, resources, conditions, limits } = part;
  const some = (all: readonly string[]): readonly string[] => (all.length === 0 ? [''] : all);
  const pieces = some(environments).flatMap((environment) =>
    some(operations).map((operation) => `${connection}/${environment}/${operation}`),
  );
  return [
    ...(pieces.length === 1 && pieces[0] === '//' ? [] : pieces),
    ...conditions.map((one) => `--where ${conditionLine(one)}`),
    ...resources.map((resource) => `--resource ${resource}`),
    ...limits.map((limit) => `--limit ${limitText(limit)}`),
  ];
}

/** Reads a text: the draft with what it says, or what is wrong with its lines. `now` in milliseconds. */
export function readDraft(
  text: string,
  { before, now }: { readonly before: Draft; readonly now: number },
): Draft | readonly LineProblem[] {
  const read: Reading = { parts: [], own: {}, problems: [], now };
  let block = newBlock();
  for (const [index, line] of unquoted(text).split('\n').entries()) {
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
  return { client_id: before.client_id, parts, ...none, ...read.own };
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
    if (block.conditions.some((each) => each.operation === operation && each.path === path))
      return `is the second condition on ${path} of ${operation}: an argument has one`;
    block.conditions.push(condition);
    return undefined;
  },
  resource: (value, { block }) => void block.resources.push(value),
  limit: (value, { block }) => {
    const limit = readLimit(value);
    if (limit === undefined)
      return 'must be such as "5 *:destroy per day" or "50000 in body.amount of refundCreate per week"; per task, hour, day or week';
    block.limits.push(limit);
    return undefined;
  },
  ttl: (value, { read }) => {
    read.own.max_ttl_seconds = readDuration(value);
    return read.own.max_ttl_seconds === undefined ? 'must be a duration such as 90s, 15m or 1h' : undefined;
  },
  expires: (value, { read }) => {
    read.own.expires_at = readExpiry(value, read.now);
    return read.own.expires_at === undefined
      ? 'must be a duration such as 30d, or a moment such as 2026-12-31T00:00:00Z'
      : undefined;
  },
  name: (value, { read }) => {
    read.own.name = value;
    return undefined;
  },
  note: (value, { read }) => {
    read.own.note = value;
    return undefined;
  },
};

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

/** Text as it came, or a whole `writ grant ...` command as one thing a line: people paste what they copied. */
function unquoted(text: string): string {
  const [, words] = /^\s*writ\s+grant\s+(?:create\s+)?([\s\S]*)$/.exec(text) ?? [];
  if (words === undefined) return text;
  const found = [...words.replaceAll('\\\n', ' ').matchAll(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+/g)].map(
    ([word]) =>
      word.replace(
        /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
        (_, single, double, escaped) => single ?? double?.replace(/\\(.)/g, '$1') ?? escaped,
      ),
  );
  const lines: string[] = [];
  for (const word of found) {
    const last = lines.at(-1);
    if (last?.startsWith('--') && !/[\s=]/.test(last)) lines[lines.length - 1] = `${last} ${word}`;
    else if (word.startsWith('--') || word.includes('/')) lines.push(word);
    // The client stands first; it is chosen above.
    else if (lines.length > 0) lines.push(word);
  }
  return lines.join('\n');
}

/** The command that makes the same grants, one command each. */
export function commandsOf(draft: Draft): string {
  const { client_id, parts } = draft;
  return parts.map((part) => commandOf({ ...draft, parts: [part] }, client_id)).join('\n');
}

function commandOf(draft: Draft, client_id: string): string {
  const words = writeDraft(draft)
    .split('\n')
    .map((line) => {
      const [, option, value] = /^(--[a-z]+) (.*)$/.exec(line) ?? [];
      return option === undefined ? shellWord(line) : `${option} ${shellWord(value ?? '')}`;
    });
  return [`writ grant ${shellWord(client_id)}`, ...words].join(' \\\n    ');
}

function shellWord(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
