import { type Canonical, type Classified, makeTextCache, type ProviderRequest, WritError } from '@writ/core';
import { makeClassified } from '@writ/core/steps';
import type { GatewayConnection } from '../ports.ts';

type Judge = Pick<GatewayConnection, 'id' | JudgedBy>;
type JudgedBy = 'provider' | 'overrides' | 'others';

/** The size of the memory of judged requests, in bytes, estimated. */
const MEMORY_BYTES = 16_777_216;
/**
 * The size of one remembered request in bytes: `request` for the request itself, and `byte` for each of its bytes. Measured, rounded up.
 */
const WEIGHT = { request: 8_192, byte: 4 };
/** The longest body of a request that is remembered, in bytes. */
const LONGEST_BODY = 2_048;
/** The most operations of a request that is remembered: an operation takes a few bytes of the body, but much more of the memory. */
const MOST_OPERATIONS = 8;

/**
 * The memory of judged requests: agents repeat a request many times while they wait for something. Only requests that read, and return
 * nothing secret, are kept; one that changes something is judged each time. The result of judging depends only on the request, the provider
 * and the owner's changes of its effects; the key is the whole request.
 */
const known = makeTextCache<Pick<Judge, JudgedBy> & { readonly classified: Classified }>(MEMORY_BYTES);

/** Finds what a request would do. Throws what the provider's `classify` throws. */
export function classify(judge: Judge, canonical: Canonical): Classified {
  const { request } = canonical;
  if (request.body.length > LONGEST_BODY) return classifyAnew(judge, canonical);
  const key = keyOf(judge, request);
  const before = known.get(key);
  if (before !== undefined && isSame(before, judge)) return before.classified;
  const classified = classifyAnew(judge, canonical);
  const { operations } = classified;
  if (operations.length > MOST_OPERATIONS || !operations.every(isPlainRead)) return classified;
  // The connection itself is not kept: it holds opened credentials and an inventory, and would stay in memory after it was deleted.
  const { provider, overrides, others } = judge;
  const value = { provider, overrides, others, classified };
  known.set(key, { value, size: WEIGHT.request + WEIGHT.byte * key.length });
  return classified;
}

/** Does the same as `classify` without the memory. */
export function classifyAnew({ provider, overrides, others }: Pick<Judge, JudgedBy>, canonical: Canonical): Classified {
  const value = provider.classify(canonical, overrides);
  const { at } = value.forward;
  if (at !== undefined && !others.has(at)) {
    const { title } = provider;
    const detail = `${title} takes this at a host of its own, and the connection's base URL is not ${title}'s.`;
    throw new WritError('not_supported', { detail });
  }
  return makeClassified(value);
}

function isSame(a: Pick<Judge, JudgedBy>, b: Pick<Judge, JudgedBy>): boolean {
  return a.provider === b.provider && a.overrides === b.overrides && a.others === b.others;
}

function isPlainRead({ effect, raisable = [], secret_arguments }: Classified['operations'][number]): boolean {
  return effect === 'read' && raisable.length === 0 && secret_arguments.length === 0;
}

/** The key of a request: all of it in one text. Only the last part can hold a line feed, so two requests never have one key. */
function keyOf({ id }: Judge, { method, path, query, headers, body }: ProviderRequest): string {
  let text = `${id}\n${method} ${path}?${query}\n`;
  for (const name in headers) text += `${name}:${headers[name]}\n`;
  return `${text}\n${Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1')}`;
}
