/** The first step: turns what Node parsed into the one spelling that is judged and sent (invariant 3). */
import { type Canonical, readMediaType, WritError } from '@writ/core';
import { makeCanonical } from '@writ/core/steps';
import type { Provider } from '@writ/providers';
import type { HeaderTable } from '../take/header-table.ts';
import { canonicalPath } from './path.ts';
import { canonicalQuery } from './query.ts';

/** A request whose head has been read. */
export interface RawRequest {
  readonly method: string;
  /** Path and query below the connection's public base, exactly as the client sent them. */
  readonly target: string;
  readonly headers: HeaderTable;
}

/** A canonical request without its body. */
export interface CanonicalHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The rules of a provider that say how a head is read. */
type HeadRules = Pick<Provider, 'headers' | 'wire'>;

const no = (detail: string): never => {
  throw new WritError('request_not_canonical', { detail });
};

/**
 * Checks the spelling of a head, and returns the one that is sent. Throws `WritError`: `request_not_canonical`, `request_not_understood`.
 */
export function canonicalHead(raw: RawRequest, provider: HeadRules): CanonicalHead {
  const mark = raw.target.indexOf('?');
  const path = canonicalPath(mark === -1 ? raw.target : raw.target.slice(0, mark), provider.wire);
  const query = mark === -1 ? '' : canonicalQuery(raw.target.slice(mark + 1), provider.wire);
  return { method: raw.method, path, query, headers: survivingHeaders(raw.headers, provider) };
}

/** Joins the body to the head. Throws `WritError('request_not_canonical')` for a body where there must be none. */
export function canonicalise(head: CanonicalHead, body: Uint8Array): Canonical {
  if (body.length > 0 && (head.method === 'GET' || head.method === 'HEAD'))
    no(`A ${head.method} must not have a body.`);
  return makeCanonical({ ...head, body });
}

function survivingHeaders(headers: HeaderTable, provider: HeadRules): Record<string, string> {
  const surviving: Record<string, string> = {};
  for (const name of [...provider.headers.meaningful, ...provider.headers.volatile, 'content-type']) {
    const value = headers.get(name);
    if (value === undefined) continue;
    if (headers.repeats(name)) no(`The header ${name} came more than once.`);
    if (!/^[\t\x20-\x7e]*$/.test(value)) no(`The header ${name} holds more than printable ASCII.`);
    surviving[name] = name === 'content-type' ? contentType(value, provider.wire) : value;
  }
  return surviving;
}

/** A boundary that needs no quotes (RFC 2046 section 5.1.1). */
const BOUNDARY = /^multipart\/form-data;[\t ]*boundary=([A-Za-z0-9'+_.-]{1,70})$/i;

/** Returns the one spelling of a media type. Every charset but UTF-8 is refused: the same bytes would be another text. */
function contentType(value: string, { multipart = false }: Provider['wire']): string {
  const boundary = multipart ? BOUNDARY.exec(value)?.[1] : undefined;
  if (boundary !== undefined) return `multipart/form-data; boundary=${boundary}`;
  const found = readMediaType(value);
  if (found === undefined) {
    throw new WritError('request_not_understood', {
      detail: 'The content type must be a media type with no parameter but charset=utf-8.',
    });
  }
  return found.charset === undefined ? found.type : `${found.type}; charset=${found.charset}`;
}
