/**
 * The one spelling of a query. Two spellings that are equal by RFC 3986 section 6.2.2 become one; anything else with a second reading is
 * refused.
 */
import { WritError } from '@writ/core';
import type { WireRules } from '@writ/providers';

const ALLOWED = /^[A-Za-z0-9\-._~!$&'()*+,=:@/?%]*$/;
const UNRESERVED = /[A-Za-z0-9\-._~]/;

const no = (detail: string): never => {
  throw new WritError('request_not_canonical', { detail });
};

/** What a provider's queries may hold, besides parameters that stand once only. */
type QueryRules = Pick<WireRules, 'brackets' | 'repeated_parameters'>;

/**
 * Returns the query, without `?`, in its canonical spelling: upper-case escapes, unreserved characters unescaped.
 * Throws `WritError('request_not_canonical')` for what has a second reading: repeated or empty parameters, `;`, invalid escapes, control characters.
 */
export function canonicalQuery(sent: string, rules: QueryRules = {}): string {
  if (sent === '') return '';
  const query = rules.brackets === undefined ? sent : sent.replaceAll('[', '%5B').replaceAll(']', '%5D');
  if (query.includes(';')) no('The query holds a semicolon.');
  if (!ALLOWED.test(query)) no('The query holds a character that must be percent-encoded.');
  const canonical = query.replace(/%(..?)?/g, canonicalEscape);
  const seen = new Set<string>();
  for (const parameter of canonical.split('&')) {
    const name = nameOf(parameter);
    if (name === '') no('The query holds an empty parameter.');
    if (name === 'access_token') no('An access token belongs in a header, never in the query.');
    if (seen.has(name) && !mayRepeat(name, rules)) no('A query parameter came more than once.');
    seen.add(name);
  }
  return canonical;
}

function mayRepeat(name: string, { brackets, repeated_parameters }: QueryRules): boolean {
  return repeated_parameters?.has(name) === true || (brackets === 'repeated' && name.endsWith('[]'));
}

function canonicalEscape(encoded: string): string {
  if (!/^%[0-9A-Fa-f]{2}$/.test(encoded)) no('The query holds invalid percent-encoding.');
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return UNRESERVED.test(character) ? character : encoded.toUpperCase();
}

/** Returns the parameter's name as a server decodes it. Throws if its value cannot be decoded, or is not text. */
function nameOf(parameter: string): string {
  const split = parameter.indexOf('=');
  const name = split === -1 ? parameter : parameter.slice(0, split);
  let text = '';
  try {
    text = decodeURIComponent(parameter.replaceAll('+', ' '));
  } catch {
    no('The query holds percent-encoding that is not UTF-8.');
  }
  // Line breaks and tabs belong to several query languages; every other control character only hides something.
  if (/[^\P{Cc}\t\n\r]/u.test(text)) no('The query holds an encoded control character.');
  return decodeURIComponent(name.replaceAll('+', ' '));
}
