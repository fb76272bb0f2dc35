import type { IncomingHttpHeaders } from 'node:http';
import { isLoopbackHost, WritError } from '@writ/core';

/**
 * Makes the check of `Host`: a request for another name is answered 421, so that no name that an attacker controls (DNS rebinding) is
 * ever an origin of ours. While the public URL is loopback, every loopback name is good, on its port or on the one listened on.
 */
export function hostCheck(options: { readonly publicUrl: string; readonly loopback: boolean; readonly port: number }) {
  const url = new URL(options.publicUrl);
  const given = [String(options.port), url.port].filter((port) => port !== '');
  const ports = new Set(given.map((port) => plainHost(`:${port}`, url.protocol)));
  const isOwnLoopback = (host: string): boolean => {
    const [, name = '', port = ''] = /^(.*?)((?::\d+)?)$/.exec(host) ?? [];
    return isLoopbackHost(name) && ports.has(port);
  };
  return (text: string | undefined): boolean => {
    const host = plainHost(text ?? '', url.protocol);
    return host === url.host || (options.loopback && isOwnLoopback(host));
  };
}

/** A host in lower case, without the port that its scheme has anyway (RFC 9110 section 4.2.3). */
function plainHost(host: string, protocol: string): string {
  return host.toLowerCase().replace(protocol === 'https:' ? /:443$/ : /:80$/, '');
}

/**
 * Makes the check for requests that another site's page made a browser send (CSRF): `Origin` must be ours, `Sec-Fetch-Site`
 * must say same-origin or that no page asked. Programs that are not browsers send neither.
 */
export function crossSiteCheck(options: { readonly publicUrl: string; readonly isOwnHost: (host: string) => boolean }) {
  const scheme = new URL(options.publicUrl).protocol;
  return (headers: IncomingHttpHeaders): void => {
    const site = headers['sec-fetch-site'];
    const fromElsewhere = site !== undefined && site !== 'same-origin' && site !== 'none';
    if (fromElsewhere || !isOwnOrigin(headers, scheme, options.isOwnHost)) {
      throw new WritError('forbidden', { detail: 'The request comes from a page of another site.' });
    }
  };
}

function isOwnOrigin(headers: IncomingHttpHeaders, scheme: string, isOwnHost: (host: string) => boolean): boolean {
  const { origin } = headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  // The exact host that was asked: `localhost` and `127.0.0.1` are two origins.
  return url.protocol === scheme && isOwnHost(url.host) && url.host === plainHost(headers.host ?? '', scheme);
}
