import { type Canonical, type Classified, makeTextCache, type ProviderRequest, WritError } from '@writ/core';
import { makeClassified } from '@writ/core/steps';
import type { GatewayConnection } from '../ports.ts';

type Judge = Pick<GatewayConnection, 'id' | JudgedBy>;
type JudgedBy = 'provider' | 'overrides' | 'others';

/** What the memory of requests may hold, bytes, estimated. */
const MEMORY_BYTES = 16_777_216;
/** What is kept of a request, bytes: so much, and for each byte of it. Measured, rounded up. */
const WEIGHT = { request: 8_192, byte: 4 };
/** A request with a longer body is judged each time. */
const LONGEST_BODY = 2_048;
/** One with more operations too: a few bytes make one, and what it reaches is kept with it. */
const MOST_OPERATIONS = 8;

/**
 * Requests that were judged before: agents ask the same over and over while they wait for something. Only those that read, and give
 * nothing that is secret: what changes something is judged each time. Judging depends on the request, the provider and what an owner
 * changed of it alone, and a request is found by all that there is of it.
 */
const known = makeTextCache<Pick<Judge, JudgedBy> & { readonly classified: Classified }>(MEMORY_BYTES);

/** Says what a request would do. Throws what the provider's `classify` throws. */
export function classify(judge: Judge, canonical: Canonical): Classified {
  const { request } = canonical;
  if (request.body.length > LONGEST_BODY) return classifyAnew(judge, canonical);
  const key = keyOf(judge, request);
  const before = known.get(key);
  if (before !== undefined && isSame(before, judge)) return before.classified;
  const classified = classifyAnew(judge, canonical);
  const { operations } = classified;
  if (operations.length > MOST_OPERATIONS || !operations.every(isPlainRead)) return classified;
  // Not the connection itself: that holds opened credentials and an inventory, and would stay when it is deleted.
  const { provider, overrides, others } = judge;
  const value = { provider, overrides, others, classified };
  known.set(key, { value, size: WEIGHT.request + WEIGHT.byte * key.length });
  return classified;
}

/** The same, and nothing is remembered. */
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

/** All of a request in one text. No part but the last can hold a line feed. */
function keyOf({ id }: Judge, { method, path, query, headers, body }: ProviderRequest): string {
  let text = `${id}\n${method} ${path}?${query}\n`;
  for (const name in headers) text += `${name}:${headers[name]}\n`;
  return `${text}\n${Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1')}`;
}
