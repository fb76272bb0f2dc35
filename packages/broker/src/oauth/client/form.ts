import { isStorableText } from '@writ/core';
import { OAuthError } from './oauth-error.ts';

/** The parameters of a token request. */
export type Form = ReadonlyMap<string, string>;

/**
 * Reads `application/x-www-form-urlencoded` parameters. Throws `OAuthError`: `invalid_request` for one that comes twice (RFC 6749
 * section 3.2), `invalid_target` for more than one `resource`. Empty ones count as left out.
 */
export function readForm(text: string): Form {
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (value === '') continue;
    if (!isStorableText(name) || !isStorableText(value))
      throw new OAuthError('invalid_request', 'A parameter holds the character NUL.');
    if (form.has(name)) {
      if (name === 'resource' || name === 'audience')
        throw new OAuthError('invalid_target', 'One token is for one resource: ask for each by itself.');
      throw new OAuthError('invalid_request', 'A parameter came more than once.');
    }
    form.set(name, value);
  }
  return form;
}
