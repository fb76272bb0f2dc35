import type { IncomingMessage } from 'node:http';
import { JSON_LIMITS, JsonError, type JsonObject, parseJsonObjectStrictly, WritError } from '@writ/core';

/** Reads a body whole, at most `limit` bytes; throws `body_too_large` without reading on. */
export async function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(incoming.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(limit: number): WritError {
  return new WritError('body_too_large', { detail: `The body may have at most ${limit} bytes.` });
}

/** Tells whether a request says that it has a body. */
export function hasBody(incoming: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

/** How a body is read. */
export interface BodyRules {
  readonly limit: number;
  /** Given the bytes as they came, none for no body; throws where they are not the ones meant. */
  readonly check: (bytes: Uint8Array) => void;
}

/**
 * Reads a JSON object. No body at all is an empty object, so that a missing member is said by name. Throws
 * `unsupported_media_type`, `body_too_large` or `invalid_request`.
 */
export async function readJson(incoming: IncomingMessage, { limit, check }: BodyRules): Promise<JsonObject> {
  if (!hasBody(incoming)) {
    check(new Uint8Array());
    return {};
  }
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = incoming.headers;
  if (!/^application\/json *(; *charset="?utf-8"? *)?$/i.test(type.trim()) || encoding !== 'identity') {
    throw new WritError('unsupported_media_type');
  }
  const bytes = await readBody(incoming, limit);
  check(bytes);
  return parseObject(bytes, limit);
}

function parseObject(bytes: Uint8Array, limit: number): JsonObject {
  try {
    return parseJsonObjectStrictly(bytes, { ...JSON_LIMITS, bytes: limit });
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new WritError('invalid_request', { detail: `The body ${error.message}.` });
  }
}
