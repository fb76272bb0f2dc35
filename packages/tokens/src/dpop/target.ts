const MAX_URL = 8192;
const UNRESERVED = /[A-Za-z0-9._~-]/;

/** Tells whether a proof's `htu` names the request's URL: both normalised, query and fragment left out (RFC 9449 section 4.3). */
export function sameTarget(htu: string, url: string): boolean {
  const wanted = normaliseTarget(url);
  return wanted !== undefined && normaliseTarget(htu) === wanted;
}

/**
 * Normalises an http(s) URL without its query and fragment by RFC 3986 sections 6.2.2 and 6.2.3: lower-case scheme and host, no
 * default port, no dot segments, no needless escapes. Undefined for anything else, and for one with user information.
 */
export function normaliseTarget(text: string): string | undefined {
  // A URL parser would silently drop these characters, or make a slash of them.
  if (text.length > MAX_URL || !/^https?:\/\/[^/\\?#]/i.test(text) || /[^\x21-\x7e]|\\/.test(text)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, host, pathname } = new URL(text);
  if (username !== '' || password !== '') return undefined;
  return `${protocol}//${host}${pathname.replace(/%[0-9a-f]{2}/gi, plainEscape)}`;
}

function plainEscape(escaped: string): string {
  const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
  return UNRESERVED.test(character) ? character : escaped.toUpperCase();
}
