import type { IncomingMessage } from 'node:http';
import {
  type ErrorCode,
  JSON_LIMITS,
  JsonError,
  type JsonObject,
  parseJsonObjectStrictly,
  readMediaType,
  WritError,
} from '@writ/core';
import { type Arrival, ClientGone, hasBody } from '@writ/gateway';

/** The reader's errors, in the codes of these doors. */
const CODES: Partial<Record<ErrorCode, ErrorCode>> = {
  request_too_large: 'body_too_large',
  request_not_understood: 'invalid_request',
};

/**
 * Reads a body whole, at most `limit` bytes. Throws `body_too_large` without reading on, `invalid_request` for one that crawls,
 * `unavailable` and `rate_limited` when memory is short.
 */
export async function readBody({ body }: Pick<Arrival, 'body'>, limit: number): Promise<Buffer> {
  try {
    return await body.whole(limit);
  } catch (error) {
    if (error instanceof ClientGone) throw new WritError('invalid_request', { detail: error.message });
    if (!(error instanceof WritError)) throw error;
    throw new WritError(CODES[error.code] ?? error.code, error.extras);
  }
}

/** How a body is read. */
export interface BodyRules {
  readonly limit: number;
  /** Called with the bytes of the body, none for no body; throws where they are not the expected ones. */
  readonly check: (bytes: Uint8Array) => void;
  /** Runs work that takes milliseconds of the one thread in the turn of the client that asks; at once where the client is not known. */
  readonly inTurn?: (<T>(work: () => T) => Promise<T>) | undefined;
}

/** A longer body is parsed in turn. */
const SHORT_BODY = 16 * 1024;

/**
 * Reads a JSON object. No body at all is an empty object, so that a missing member is said by name. Throws
 * `unsupported_media_type`, `body_too_large` or `invalid_request`.
 */
export async function readJson(
  { incoming, arrival }: { readonly incoming: IncomingMessage; readonly arrival: Pick<Arrival, 'body'> },
  { limit, check, inTurn }: BodyRules,
): Promise<JsonObject> {
  if (!hasBody(incoming)) {
    check(new Uint8Array());
    return {};
  }
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = incoming.headers;
  if (readMediaType(type)?.type !== 'application/json' || encoding.toLowerCase() !== 'identity') {
    throw new WritError('unsupported_media_type');
  }
  const bytes = await readBody(arrival, limit);
  const read = (): JsonObject => {
    check(bytes);
    return parseObject(bytes, limit);
  };
  return inTurn === undefined || bytes.length <= SHORT_BODY ? read() : await inTurn(read);
}

function parseObject(bytes: Uint8Array, limit: number): JsonObject {
  try {
    return parseJsonObjectStrictly(bytes, { ...JSON_LIMITS, bytes: limit });
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new WritError('invalid_request', { detail: `The body ${error.message}.` });
  }
}
