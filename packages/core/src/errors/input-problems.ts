/** The problems that zod finds in an input, in Writ's own sentences: zod's sentences are not shown. */
import type { z } from 'zod';
import { inertLine } from '../text/inert.ts';
import { nearest } from '../text/nearest.ts';
import { isStorableText, unstorablePath } from '../text/storable.ts';
import { counted } from '../text/words.ts';
import type { FieldProblem } from './error.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** The most problems of one input that are told. */
const MOST = 50;

/** Lists what is wrong with an input that a schema refused, and for each field what would be right. `found` never repeats a value. */
export function inputProblems(error: z.ZodError, input: unknown): FieldProblem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, { input, path: [] })).slice(0, MOST);
}

/** Returns the problem of an input that contains, in a value or a name, a text that no database can hold; undefined if it does not. */
export function unstorableProblem(input: unknown): FieldProblem | undefined {
  const path = unstorablePath(input);
  if (path === undefined) return undefined;
  return {
    field: fieldOf(path),
    problem: 'must not hold the character NUL, or half of a surrogate pair',
  };
}

interface At {
  /** The whole input, to look up values by their path. */
  readonly input: unknown;
  /** The path of the value that the issues are about. */
  readonly path: Path;
}

function problemsOf(issue: Issue, at: At): FieldProblem[] {
  const path = [...at.path, ...issue.path];
  const here = { input: at.input, path };
  if (issue.code === 'invalid_union') return unionProblems(issue, here);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ field: fieldOf([...path, key]), problem: 'is not a member of this request' }));
  if (issue.code === 'invalid_key') return [{ field: fieldOf(path), problem: keySentence(issue, here) }];
  const problem = sentenceOf(issue, here);
  return [{ field: fieldOf(path), problem, ...suggested(issue, here) }];
}

/** Returns a path as a dotted field. Its parts may be foreign text, so they are made inert. */
function fieldOf(path: Path): string {
  return inertLine(path.map(String).join('.'), 300);
}

type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;

/**
 * Returns the problems of the alternatives that are closest: those with the fewest issues; a wrong size or form is closer than a wrong
 * type.
 */
function unionProblems(issue: UnionIssue, at: At): FieldProblem[] {
  const all = issue.errors.filter((errors) => errors.length > 0);
  const fewest = Math.min(...all.map((errors) => errors.length));
  const closest = all.filter((errors) => errors.length === fewest).sort((a, b) => rankOf(a[0]) - rankOf(b[0]));
  const [first] = closest;
  const field = fieldOf(at.path);
  if (first === undefined) return [{ field, problem: discriminatorSentence(issue) }];
  const areMissing = (errors: readonly Issue[]): boolean => errors.every((one) => isMissing(one, at));
  // Of an input that is only short of members, every way to complete it is told, a longer one too.
  const short = all.every(areMissing) ? all : closest;
  if (short.length > 1 && short.every(areMissing)) {
    const names = short.map((errors) => errors.map((one) => fieldOf(one.path)).join(' and '));
    return [{ field, problem: `must have ${listed([...new Set(names)])}` }];
  }
  const types = closest.flatMap((errors) => (errors.length === 1 ? errors.flatMap(typeOf) : []));
  if (closest.length > 1 && types.length === closest.length)
    return [{ field, problem: `must be ${listed([...new Set(types)])}` }];
  return first.flatMap((inner) => problemsOf(inner, at));
}

function discriminatorSentence(issue: UnionIssue): string {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  return options.length > 0 ? `must be ${listed(options)}` : 'is none of the kinds there are';
}

function rankOf(issue: Issue | undefined): number {
  if (issue === undefined || issue.code === 'invalid_type') return 1;
  return issue.code === 'invalid_value' ? 2 : 0;
}

function isMissing(issue: Issue, { input, path }: At): boolean {
  const isAbsent = issue.code === 'invalid_type' || issue.code === 'invalid_value';
  return isAbsent && valueAt(input, [...path, ...issue.path]) === undefined;
}

function typeOf(issue: Issue): string[] {
  return issue.code === 'invalid_type' && issue.path.length === 0 ? [TYPES[issue.expected] ?? 'something else'] : [];
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

function sentenceOf(issue: Issue, at: At): string {
  if (isMissing({ ...issue, path: [] }, at)) return 'is missing';
  if (isOwn(issue)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? 'something else'}`;
    case 'too_small':
      return leastSentence(issue);
    case 'too_big':
      return mostSentence(issue);
    case 'invalid_value':
      return issue.values.length === 0 ? 'must not be there' : `must be ${listed(issue.values.map(String))}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return 'is not of the form it must have';
  }
}

/**
 * Tells whether a sentence is from our schemas and not from zod: a schema writes its own sentence for a form or a rule that only it knows.
 */
function isOwn({ message }: Issue): boolean {
  return !/^(Invalid|Too (small|big)|Unrecognized|Expected|Required)\b/.test(message);
}

type Sized = Extract<Issue, { code: 'too_small' | 'too_big' }>;

function leastSentence(issue: Sized & { readonly code: 'too_small' }): string {
  const { origin, inclusive } = issue;
  const least = Number(issue.minimum);
  if (origin === 'string') return least === 1 ? 'must not be empty' : `must have at least ${characters(least)}`;
  if (origin === 'array' || origin === 'set')
    return least === 1 ? 'must not be an empty list' : `must have at least ${entries(least)}`;
  return `must be ${inclusive === false ? 'more than' : 'at least'} ${least}`;
}

function mostSentence(issue: Sized & { readonly code: 'too_big' }): string {
  const { origin, inclusive } = issue;
  const most = Number(issue.maximum);
  if (origin === 'string') return `must have at most ${characters(most)}`;
  if (origin === 'array' || origin === 'set') return `must have at most ${entries(most)}`;
  return `must be ${inclusive === false ? 'less than' : 'at most'} ${most}`;
}

const characters = (count: number): string => counted(count, 'character', 'characters');
const entries = (count: number): string => counted(count, 'entry', 'entries');

type KeyIssue = Extract<Issue, { code: 'invalid_key' }>;

/** Returns the sentence for a wrong name of a member. */
function keySentence(issue: KeyIssue, at: At): string {
  const [inner] = issue.issues;
  const name = at.path.at(-1);
  return `has a name that ${inner === undefined ? 'is none' : sentenceOf(inner, { input: name, path: [] })}`;
}

function suggested(issue: Issue, { input, path }: At): { readonly nearest?: string } {
  const given = valueAt(input, path);
  if (issue.code !== 'invalid_value' || typeof given !== 'string' || !isStorableText(given)) return {};
  const found = nearest(given, issue.values.map(String));
  return found === undefined ? {} : { nearest: found };
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** Joins names: `a`, `a or b`, `a, b or c`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
