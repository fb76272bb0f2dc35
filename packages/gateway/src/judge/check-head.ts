/** The check of a request's head, before every other step: what the gateway accepts from no client. */
import { WritError } from '@writ/core';
import type { HeaderTable } from '../take/header-table.ts';

/** The head of a request as Node parsed it. */
export interface Head {
  /** The method as the client wrote it. */
  readonly method: string;
  readonly httpVersion: string;
  readonly headers: HeaderTable;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
const NAVIGATION_MODES = new Set(['navigate', 'nested-navigate', 'websocket']);
const MOST_LINES = 100;

/** Headers by which a request claims another method or target than its first line has. */
const OVERRIDES = [
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
  'x-original-method',
];

/** Headers that may stand once only: those that Writ reads. */
const SINGLE = [
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'authorization',
  'dpop',
  'expect',
  'writ-approval',
  'prefer',
];

/** Throws `WritError` for a head that the gateway does not take: `browser_refused`, `not_supported`, `request_not_canonical`. */
export function checkHead(head: Head): void {
  refuseBrowser(head.headers);
  refuseUnsupported(head);
  refuseAmbiguous(head);
}

function refuseBrowser(headers: HeaderTable): void {
  const mode = headers.get('sec-fetch-mode')?.toLowerCase();
  const dest = headers.get('sec-fetch-dest')?.toLowerCase() ?? 'empty';
  const cookies = headers.all('cookie').some(hasOwnCookie);
  if (cookies || dest !== 'empty' || (mode !== undefined && NAVIGATION_MODES.has(mode))) {
    throw new WritError('browser_refused');
  }
}

/**
 * Tells whether a `Cookie` line holds a cookie of Writ. It looks at one piece at a time: one expression over the whole line would take time
 * by the square of its length.
 */
function hasOwnCookie(line: string): boolean {
  return line
    .split(';')
    .some(
      (pair) =>
        pair.includes('=') && /(?:^|[,\s])(?:__Host-|__Secure-)?writ/i.test(pair.slice(0, pair.lastIndexOf('='))),
    );
}

function refuseUnsupported({ method, httpVersion, headers }: Head): void {
  const no = (what: string): never => {
    throw new WritError('not_supported', { detail: `${what} not supported.` });
  };
  if (!METHODS.has(method)) no(`The method ${method} is`);
  if (httpVersion !== '1.1' && httpVersion !== '1.0') no(`HTTP/${httpVersion} is`);
  // An HTTP/1.0 expectation means nothing (RFC 9110 section 10.1.1); a server may always ignore an offered Upgrade (section 7.8).
  const expect = headers.get('expect');
  if (expect !== undefined && httpVersion !== '1.0' && expect.toLowerCase() !== '100-continue')
    no('The header Expect, but for 100-continue, is');
  if (headers.has('trailer')) no('The header Trailer is');
  if (headers.has('content-range')) no('The header Content-Range (a partial body) is');
  const encoding = headers.get('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    no('The header Content-Encoding (a compressed body) is');
}

function refuseAmbiguous({ httpVersion, headers }: Head): void {
  const no = (detail: string): never => {
    throw new WritError('request_not_canonical', { detail });
  };
  if (headers.lines > MOST_LINES) no(`There are more than ${MOST_LINES} headers.`);
  for (const name of SINGLE) if (headers.repeats(name)) no(`The header ${name} came more than once.`);
  for (const name of OVERRIDES)
    if (headers.has(name)) no(`The header ${name} names another request than the first line.`);
  const transfer = headers.get('transfer-encoding');
  if (transfer === undefined) return;
  if (headers.has('content-length')) no('Content-Length and Transfer-Encoding came together.');
  if (transfer.toLowerCase() !== 'chunked') no('The only transfer encoding taken is chunked.');
  if (httpVersion === '1.0') no('HTTP/1.0 has no transfer encodings.');
}
