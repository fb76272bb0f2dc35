/** The connection that a request names, by one of two forms of URL: `/gateway/{connection}/...` or `{connection}.{domain}/...`. */
import { connectionSlugSchema, WritError } from '@writ/core';

/** The URLs under which the gateway is reached. Made once, by `siteOf`. */
export interface Site {
  /** The public URL, without a trailing slash. */
  readonly publicUrl: string;
  readonly scheme: string;
  /** Host and port as in a `Host` header, in lower case, without the default port of the scheme. */
  readonly host: string;
  /** The port as `:8700`, or empty for the default port of the scheme. */
  readonly port: string;
  /** The gateway's domain in lower case, such as `gw.example.com`. */
  readonly gatewayDomain?: string;
}

export interface Route {
  readonly slug: string;
  /** Path and query for the provider, exactly as the client sent them; begins with `/`. */
  readonly target: string;
  /** The whole URL as the client sent it, with the configured host: a proof of possession must name this URL. */
  readonly url: string;
  /** The public URL of the connection, without a trailing slash. The provider's URLs in answers are rewritten to it. */
  readonly publicBase: string;
}

const PREFIX = '/gateway';

/** Makes the `Site` from the public URL and the gateway's domain. */
export function siteOf(options: { readonly publicUrl: string; readonly gatewayDomain?: string }): Site {
  const url = new URL(options.publicUrl);
  return {
    publicUrl: options.publicUrl.replace(/\/+$/, ''),
    scheme: url.protocol,
    host: url.host,
    port: url.port === '' ? '' : `:${url.port}`,
    ...(options.gatewayDomain !== undefined && { gatewayDomain: options.gatewayDomain.toLowerCase() }),
  };
}

/** Tells whether a request is for the gateway and not for the rest of the server; also true for requests that the gateway will refuse. */
export function isGatewayTarget(site: Site, request: { readonly url: string; readonly host: string }): boolean {
  const { url } = request;
  if (!url.startsWith('/')) return true;
  if (url === PREFIX || url.startsWith(`${PREFIX}/`) || url.startsWith(`${PREFIX}?`)) return true;
  const host = hostOf(site, request.host);
  return site.gatewayDomain !== undefined && (host === site.gatewayDomain || host.endsWith(`.${site.gatewayDomain}`));
}

/**
 * Finds the slug of the connection, and the part of the target that is for the provider. Throws `WritError`: `misdirected` for a host that
 * is not Writ's, `not_supported` for a target that is not a path, `connection_unknown`.
 */
export function routeOf(site: Site, request: { readonly url: string; readonly host: string }): Route {
  if (!request.url.startsWith('/'))
    throw new WritError('not_supported', { detail: 'The request target must be a path.' });
  const label = labelOf(site, request.host);
  if (label !== undefined) {
    const publicBase = domainBase(site, label);
    return { slug: slugOf(label), target: request.url, url: `${publicBase}${request.url}`, publicBase };
  }
  const rest = request.url.slice(PREFIX.length);
  if (!request.url.startsWith(`${PREFIX}/`)) throw new WritError('connection_unknown');
  const end = rest.slice(1).search(/[/?]/);
  const slug = slugOf(end === -1 ? rest.slice(1) : rest.slice(1, end + 1));
  const tail = rest.slice(1 + slug.length);
  return {
    slug,
    target: tail.startsWith('/') ? tail : `/${tail}`,
    url: `${site.publicUrl}${request.url}`,
    publicBase: `${site.publicUrl}${PREFIX}/${slug}`,
  };
}

function slugOf(text: string): string {
  if (!connectionSlugSchema.safeParse(text).success) throw new WritError('connection_unknown');
  return text;
}

/** Returns the label before the gateway's domain; undefined for the host of the public URL. */
function labelOf(site: Site, hostHeader: string): string | undefined {
  const host = hostHeader.toLowerCase();
  if (host === site.host || (site.port === '' && host === site.host + defaultPort(site))) return undefined;
  const name = hostOf(site, host);
  const suffix = `.${site.gatewayDomain}`;
  if (site.gatewayDomain !== undefined && name.endsWith(suffix)) {
    const label = name.slice(0, -suffix.length);
    if (connectionSlugSchema.safeParse(label).success) return label;
  }
  throw new WritError('misdirected');
}

/** Returns the host without its port, which may only be the port of the public URL. */
function hostOf(site: Site, hostHeader: string): string {
  const host = hostHeader.toLowerCase();
  const port = site.port === '' ? defaultPort(site) : site.port;
  return host.endsWith(port) ? host.slice(0, -port.length) : host;
}

function defaultPort(site: Site): string {
  return site.scheme === 'https:' ? ':443' : ':80';
}

function domainBase(site: Site, label: string): string {
  return `${site.scheme}//${label}.${site.gatewayDomain}${site.port}`;
}
