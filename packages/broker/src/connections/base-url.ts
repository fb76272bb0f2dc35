import { type FieldProblem, isLoopbackUrl } from '@writ/core';
import { isForbiddenAddress } from '@writ/gateway';
import type { Services } from '../context.ts';
import { mayBePrivate } from '../live/connections.ts';
import { wrong } from '../validation.ts';

/** A base URL as it is kept: without a trailing slash; and the origin that root credentials are sealed to. */
export interface BaseUrl {
  readonly base_url: string;
  readonly origin: string;
}

/** Reads a base URL. Throws `validation_failed` for user info, query or fragment, and for http beyond loopback. */
export function readBaseUrl(services: Pick<Services, 'config'>, text: string): BaseUrl {
  const url = readDialled(services, { text, field: 'base_url' });
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text))
    throw wrong({ field: 'base_url', problem: 'must not have a query or fragment' });
  return { base_url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, origin: url.origin };
}

/** Reads the URL of something that Writ sends to. Throws `validation_failed` for user info, and for http beyond loopback. */
export function readDialled(
  services: Pick<Services, 'config'>,
  { text, field }: { readonly text: string; readonly field: string },
): URL {
  const no = (problem: string): never => {
    // Never quoted: the part that is wrong may be a password.
    const found: FieldProblem = { field, problem };
    throw wrong(found);
  };
  const url = URL.canParse(text) ? new URL(text) : no('must be a URL');
  if (url.username !== '' || url.password !== '') no('must not hold a user name or password');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') no('must begin with https://');
  const allowPrivate = mayBePrivate(services, url.origin);
  if (url.protocol === 'http:' && !(isLoopbackUrl(text) && allowPrivate)) {
    no('must begin with https://: plain http is only for loopback, while Writ itself is on loopback');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (/^[\d.]+$|:/.test(host) && isForbiddenAddress(host, { allowPrivate }))
    no('has an address that may not be dialled');
  return url;
}
