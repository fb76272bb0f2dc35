/** The one spelling of a path. A path that some server could read differently is refused, not repaired (invariant 3). */
import { WritError } from '@writ/core';
import type { WireRules } from '@writ/providers';

/** `pchar` of RFC 3986 without `;`, which some servers cut off as a parameter. */
const ALLOWED = /^[A-Za-z0-9\-._~!$&'()*+,=:@/%]*$/;
/** Paths of letters, digits, `_`, `-` and `~` only. Nearly all paths are like this, and every server reads them alike. */
const PLAIN = /^(?:\/[A-Za-z0-9_~-]+)+$/;
const UNRESERVED = /[A-Za-z0-9\-._~]/;
/** Characters that must not stand encoded either: a server that decodes twice, or decodes before it splits, would see another path. */
const NEVER_ENCODED = new Set(['/', '\\', ';', '?', '#', '%']);

const no = (detail: string): never => {
  throw new WritError('request_not_canonical', { detail });
};

/** Returns the path when it has only one reading. Throws `WritError('request_not_canonical')` that says what is wrong with it. */
export function canonicalPath(path: string, { encoded_slash = false }: Pick<WireRules, 'encoded_slash'> = {}): string {
  if (PLAIN.test(path)) return path;
  if (!path.startsWith('/')) no('The path must begin with a slash.');
  if (path.includes('\\')) no('The path holds a backslash.');
  if (path.includes(';')) no('The path holds a semicolon.');
  if (!ALLOWED.test(path)) no('The path holds a character that must be percent-encoded, or must not be there.');
  // A server may decode before it splits: the path must mean the same to such a server.
  const decodedSlashes = encoded_slash ? path.replaceAll('%2F', '/') : path;
  if (decodedSlashes.includes('//')) no('The path holds an empty segment.');
  checkEscapes(decodedSlashes);
  for (const segment of decodedSlashes.split('/')) {
    if (/^\.+$/.test(segment)) no('The path holds a dot segment.');
  }
  return path;
}

function checkEscapes(path: string): void {
  if (!path.includes('%')) return;
  for (let at = path.indexOf('%'); at !== -1; at = path.indexOf('%', at + 1)) checkEscape(path.slice(at, at + 3));
  let decoded = '';
  try {
    decoded = decodeURIComponent(path);
  } catch {
    no('The path holds percent-encoding that is not UTF-8.');
  }
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(decoded)) no('The path holds an encoded control character.');
}

function checkEscape(encoded: string): void {
  if (!/^%[0-9A-Fa-f]{2}$/.test(encoded)) no('The path holds invalid percent-encoding.');
  if (encoded !== encoded.toUpperCase()) no('Percent-encoding must use upper-case digits.');
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  if (UNRESERVED.test(character)) no('The path encodes a character that needs no encoding.');
  if (NEVER_ENCODED.has(character)) no('The path encodes a delimiter.');
}
