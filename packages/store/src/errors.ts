import { WritError } from '@writ/core';

/**
 * The database's own error without what was sent to it: parameters, the failing row and the query are left out,
 * since they may hold hashes and sealed values.
 */
class DatabaseError extends Error {
  /** SQLSTATE, or the driver's or system's own code. */
  readonly code: string;
  readonly constraint: string | undefined;

  constructor(code: string, message: string, constraint?: string) {
    super(message);
    this.name = 'DatabaseError';
    this.code = code;
    this.constraint = constraint;
  }
}

/** Codes that mean that the connection itself is gone, of postgres.js and of the system. */
const CONNECTION_LOST = [
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'ERR_SOCKET_CLOSED',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
];

const LOST = new Set([
  ...CONNECTION_LOST,
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  '3D000', // the database was dropped or is being replaced
  '25006', // read only: a failover made it a replica
  '25P03', // we were idle in a transaction for too long
  '40001', // could not serialize
  '40P01', // deadlock
  '55P03', // lock not available
  '57014', // cancelled
]);

/** Connection exceptions, bad authorisation after a change of password, no resources (disk, memory, connections), shutting down. */
const LOST_CLASSES = ['08', '28', '53', '57P', '58'];

/** Finds the database's own error under what drizzle and others wrapped around it. */
export function databaseError(error: unknown): DatabaseError | undefined {
  for (let at: unknown = error; at instanceof Error; at = innerOf(at)) {
    if (at instanceof DatabaseError) return at;
    // Its code is not the database's: that is the one of its cause.
    if (at instanceof WritError) continue;
    const { code, constraint_name: name, constraint = name } = at as Error & Record<string, unknown>;
    if (typeof code === 'string') {
      return new DatabaseError(code, at.message, typeof constraint === 'string' ? constraint : undefined);
    }
  }
  return undefined;
}

function innerOf(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : error.cause;
}

/** Turns anything a driver threw into a `WritError`: `conflict`, `unavailable` or `internal`. Others' `WritError`s pass. */
export function translate(error: unknown): WritError {
  if (error instanceof WritError) return error;
  const cause = databaseError(error);
  if (!cause) return new WritError('internal', { cause: bare(error) });
  if (cause.code === '23505') return new WritError('conflict', { cause });
  if (LOST.has(cause.code) || LOST_CLASSES.some((start) => cause.code.startsWith(start))) return lost(cause);
  return new WritError('internal', { cause });
}

/** The error for a database that cannot be reached or cannot answer now. */
export function lost(cause: unknown): WritError {
  return new WritError('unavailable', { detail: 'Writ cannot reach its database now. Nothing was done.', cause });
}

/** Tells whether an error means that the connection it came over is gone. */
export function isConnectionLost(error: unknown): boolean {
  return CONNECTION_LOST.includes(databaseError(error)?.code ?? '');
}

/** Tells whether an error is the violation of the unique index or primary key of that name. */
export function violates(error: unknown, constraint: string): boolean {
  return databaseError(error)?.constraint === constraint;
}

/** drizzle's message repeats the parameters, so only the error inside is kept. */
function bare(error: unknown): unknown {
  if (error instanceof Error && 'params' in error) return error.cause instanceof Error ? error.cause : undefined;
  return error;
}
