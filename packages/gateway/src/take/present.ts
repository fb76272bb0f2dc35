/** The search for the access token, which must stand in exactly one place of the request (model#presented-token). */
import { WritError } from '@writ/core';
import type { Presented } from '../ports.ts';
import type { HeaderTable } from './header-table.ts';

/** The sentence for a request with tokens in two places: `invalid_request` of RFC 6750. */
export const TWO_TOKENS = 'More than one place of the request carries a token.';

/** A token, and the scheme by which the request shows it. */
export type Shown = Pick<Presented, 'token' | 'scheme'>;

/**
 * Returns the token and its scheme; undefined if no place has one. Throws `WritError`: `request_not_canonical` for two places,
 * `invalid_token` for a place that holds no token.
 */
export function findToken(headers: HeaderTable, tokenHeaders: readonly string[]): Shown | undefined {
  let place = headers.has('authorization') ? 'authorization' : undefined;
  for (const name of tokenHeaders) {
    if (name === place || !headers.has(name)) continue;
    if (place !== undefined) throw twoTokens();
    place = name;
  }
  if (place === undefined) return undefined;
  if (headers.repeats(place)) throw twoTokens();
  const value = headers.get(place) ?? '';
  const found = place === 'authorization' ? fromAuthorization(value) : ({ token: value, scheme: 'header' } as const);
  if (!/^[\x21-\x7e]{1,8192}$/.test(found.token)) throw new WritError('invalid_token');
  return found;
}

function twoTokens(): WritError {
  return new WritError('request_not_canonical', { detail: TWO_TOKENS });
}

function fromAuthorization(value: string): Shown {
  const [, scheme = '', token = ''] = /^([A-Za-z]+) +([^ ]+)$/.exec(value) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return { token, scheme: 'bearer' };
    case 'dpop':
      return { token, scheme: 'dpop' };
    case 'token':
      return { token, scheme: 'token' };
    case 'basic':
      return { token: basicPassword(token), scheme: 'basic' };
    default:
      throw new WritError('invalid_token');
  }
}

/** Returns the password of Basic credentials (RFC 7617): git and package managers put tokens there, with any user name. */
function basicPassword(encoded: string): string {
  const text = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) ? Buffer.from(encoded, 'base64').toString('latin1') : '';
  const colon = text.indexOf(':');
  return colon === -1 ? '' : text.slice(colon + 1);
}
