import type { Log, LogFields } from '@writ/broker';
import { inertLine } from '@writ/core';
import { type DestinationStream, pino } from 'pino';

/** The only fields a log line has. Nothing else passes, so that no body, header or query string can slip in. */
const FIELDS = new Set([
  'request_id',
  'route',
  'method',
  'status',
  'duration_ms',
  'code',
  'actor',
  'address',
  'connection',
  'client_id',
  'task_id',
  'kid',
  'place',
  'url',
  'reason',
  'count',
  'seq',
  'version',
  'node',
  'sentence',
  'error',
  'error_code',
]);

const LONGEST_FIELD = 500;
const MOST_FRAMES = 20;

/** Makes the log: one JSON object a line on `destination`. */
export function createLog(destination: DestinationStream): Log {
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' }, destination);
  return {
    info: (event, fields = {}) => logger.info(allowed(fields), event),
    warn: (event, fields = {}) => logger.warn(allowed(fields), event),
    error: (event, error, fields = {}) => logger.error({ ...allowed(fields), error: shapeOf(error) }, event),
  };
}

function allowed(fields: LogFields): Record<string, string | number | boolean> {
  const kept = Object.entries(fields).filter(([name]) => FIELDS.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'string' ? inertLine(value, LONGEST_FIELD) : '[not plain]';
}

/**
 * An error's name, code and stack frames, and those of its causes. Its message stays out: parsers and drivers quote what they
 * were given. Its other members stay out for the same reason.
 */
function shapeOf(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const code = 'code' in error && typeof error.code === 'string' ? { code: inertLine(error.code, 100) } : {};
  const cause = error.cause === undefined ? {} : { cause: shapeOf(error.cause) };
  return {
    name: inertLine(error.name, 100),
    ...code,
    stack: frames.slice(0, MOST_FRAMES).map((line) => line.trim()),
    ...cause,
  };
}
