import type { IncomingMessage } from 'node:http';
import { PERSON_HEADER } from '@writ/api';
import type { PresentedToken } from '@writ/broker';
import { BEARER_PREFIXES, type Secret } from '@writ/core';

/** How the session is carried by browsers. `__Host-` needs https; without it no other port or subdomain could be told apart. */
export function cookieName(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? '__Host-writ_session' : 'writ_session';
}

/** Writes the session's cookie: for this host alone, out of reach of scripts, never sent along by other sites. */
export function setCookie(publicUrl: string, token: Secret, seconds: number): string {
  return attributes(publicUrl, token.expose(), seconds);
}

/** Writes the cookie that removes the session's. */
export function clearCookie(publicUrl: string): string {
  return attributes(publicUrl, '', 0);
}

function attributes(publicUrl: string, value: string, seconds: number): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  return `${cookieName(publicUrl)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${Math.floor(seconds)}${secure}`;
}

/** A credential of a request. */
export type Shown =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'session'; readonly client: 'browser' | 'cli'; readonly token: string; readonly person?: string }
  | ({ readonly kind: 'access_token' } & PresentedToken);

/** The credential of a request: it tells who sent it. */
export type ShownRequest = Pick<IncomingMessage, 'headers' | 'headersDistinct' | 'method' | 'url'>;

/** Reads the `Authorization` header, else the cookie. A session of one kind is not taken in the other's place. */
export function shownBy(request: ShownRequest, publicUrl: string): Shown {
  const { headers } = request;
  if (headers.authorization !== undefined) return shownInHeader(request, publicUrl);
  const token = cookieValue(headers.cookie, cookieName(publicUrl));
  const person = headers[PERSON_HEADER];
  if (token === undefined) return { kind: 'nothing' };
  return { kind: 'session', client: 'browser', token, ...(typeof person === 'string' && { person }) };
}

function shownInHeader({ headers, headersDistinct, method = '', url = '' }: ShownRequest, publicUrl: string): Shown {
  const [, name = '', token = ''] = /^(bearer|dpop) +([\x21-\x7e]+)$/i.exec(headers.authorization ?? '') ?? [];
  const scheme = name.toLowerCase();
  if (scheme === 'bearer' && token.startsWith(BEARER_PREFIXES.session))
    return { kind: 'session', client: 'cli', token };
  const proofs = headersDistinct['dpop'] ?? [];
  return { kind: 'access_token', token, scheme, proofs, method, url: `${publicUrl}${url}` };
}

/** The cookie; undefined also where it is there twice, for then somebody else set one of them. */
function cookieValue(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}
