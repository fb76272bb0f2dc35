import { ApiError } from '@writ/api';
import { type FieldProblem, inert, inertLine, systemReason } from '@writ/core';

/** The exit codes. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notSignedIn: 3, unreachable: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The code of a failure that did not come from the broker. */
const CODES: Readonly<Record<ExitCode, string>> = {
  0: 'ok',
  1: 'failed',
  2: 'usage',
  3: 'unauthenticated',
  4: 'unreachable',
};

/** Something a person can act on: what is wrong, where, what to do; and the exit code. Never a secret. */
export class Failure extends Error {
  readonly exit: ExitCode;
  readonly lines: readonly string[];
  /** For `--json`: the problem as the API answered it. */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(
    exit: ExitCode,
    sentence: string,
    more: { readonly lines?: readonly string[]; readonly problem?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(sentence);
    this.exit = exit;
    this.lines = more.lines ?? [];
    this.problem = { code: CODES[exit], ...more.problem };
  }
}

/** Makes the failure for wrong use: a missing argument, an option that means nothing. */
export function usage(sentence: string): Failure {
  return new Failure(EXIT.usage, sentence);
}

/** Turns anything that was thrown into a failure; only what is known to be harmless is repeated. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof ApiError) return answered(thrown);
  if (isBrokenOff(thrown)) {
    const sentence =
      'The broker stopped answering half-way; what was asked of it may have been done. Look before you repeat it.';
    return new Failure(EXIT.unreachable, sentence);
  }
  if (isFileError(thrown)) return new Failure(EXIT.failed, fileSentence(thrown));
  return new Failure(
    EXIT.failed,
    'Something went wrong in the command itself. Please report it with the command you gave.',
    {
      problem: { code: 'internal' },
    },
  );
}

/** The failure where there is no session, or none that is still good. */
export function notSignedIn(
  url: string,
  problem: Readonly<Record<string, unknown>> = { code: 'unauthenticated' },
): Failure {
  const sentence = `You are not signed in at ${inert(url)}, or the session has ended. Sign in with \`writ login\`.`;
  return new Failure(EXIT.notSignedIn, sentence, { problem });
}

/** The failure where the access token in the place of a session is not good. */
export function tokenNotGood(url: string, problem: Readonly<Record<string, unknown>>): Failure {
  const sentence = `${inert(url)} does not accept the access token in WRIT_TOKEN: it has expired, was revoked, or is not one of an automation client for this broker's API. Get a new one with \`writ token CLIENT --resource api\`, or unset WRIT_TOKEN.`;
  return new Failure(EXIT.notSignedIn, sentence, { problem });
}

/** The failure for a broker that could not be reached at all. */
export function unreachable(url: string, cause: unknown): Failure {
  const code = codeOf(cause);
  const why = code === undefined ? '' : ` (${code})`;
  const what =
    code === 'ECONNREFUSED'
      ? 'Start it with `npm start` or `writ serve`, or name another with --url.'
      : 'Check the address, or name another with --url.';
  return new Failure(EXIT.unreachable, `No broker answers at ${inert(url)}${why}. ${what}`);
}

function answered(error: ApiError): Failure {
  const { code, status, request_id, fields } = error;
  const problem = { status, code, detail: error.message, request_id, ...(fields.length > 0 && { fields }) };
  const wait = error.retry_after === undefined ? '' : ` Wait ${error.retry_after} s.`;
  // Nothing is told twice: of a field whose sentence is in the message already, only what was found and what was meant.
  const isSaid = ({ problem, found, nearest }: FieldProblem): boolean =>
    found === undefined && nearest === undefined && error.message.includes(problem);
  const lines = fields.filter((field) => !isSaid(field)).map(fieldLine);
  const find = status >= 500 && request_id !== undefined ? ` The broker's log has it as ${inert(request_id)}.` : '';
  return new Failure(status === 401 ? EXIT.notSignedIn : EXIT.failed, `${inert(error.message)}${wait}${find}`, {
    lines,
    problem,
  });
}

/** `operations[0]  names no operation: found domian*, did you mean domain*?` */
function fieldLine(problem: FieldProblem): string {
  const found = problem.found === undefined ? '' : `; found ${inertLine(String(problem.found), 200)}`;
  const meant = problem.nearest === undefined ? '' : `; did you mean ${inertLine(String(problem.nearest), 200)}?`;
  return `${inertLine(String(problem.field || 'the request'), 200)}: ${inertLine(String(problem.problem), 500)}${found}${meant}`;
}

function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return codeOf(thrown.cause);
}

/** A deadline that passed, or a connection that ended, while an answer was read (undici's `terminated`). */
function isBrokenOff(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'TimeoutError' || thrown.message === 'terminated');
}

/** An error about a file. One of writing into it, when it is open already, has no path. */
type FileError = Error & { readonly code: string; readonly path?: string };

/** What only a disk refuses: other calls than those on files do not fail with these. */
const DISK_ERRORS = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS'];

function isFileError(thrown: unknown): thrown is FileError {
  if (!(thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string')) return false;
  return ('path' in thrown && typeof thrown.path === 'string') || DISK_ERRORS.includes(thrown.code);
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'cannot be opened: permission denied',
  EPERM: 'cannot be opened: permission denied',
  EEXIST: 'is there already and is not overwritten; give another name',
  EISDIR: 'is a folder, not a file',
};

function fileSentence(error: FileError): string {
  const what = error.path === undefined ? 'The file' : inert(error.path);
  const said = FILE_ERRORS[error.code];
  if (said !== undefined) return `${what} ${said}.`;
  return DISK_ERRORS.includes(error.code)
    ? `${what} could not be written: ${systemReason(error)}.`
    : `${what} cannot be used: ${systemReason(error)}.`;
}
