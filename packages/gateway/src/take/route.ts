/** Which connection a request is for, and in which form its URL came: `/gateway/{connection}/...` or `{connection}.{domain}/...`. */
import { connectionSlugSchema, WritError } from '@writ/core';

/** Where the gateway is reached. Made once, by `siteOf`. */
export interface Site {
  /** Without a trailing slash. */
  readonly publicUrl: string;
  readonly scheme: string;
  /** Host and port as a `Host` header has them, lower case, without the scheme's own port. */
  readonly host: string;
  /** `:8700`, or empty for the scheme's own port. */
  readonly port: string;
  /** `gw.example.com`, lower case. */
  readonly gatewayDomain?: string;
}

export interface Route {
  readonly slug: string;
  /** Path and query for the provider, as they came; begins with `/`. */
  readonly target: string;
  /** The whole URL as it came, on the configured host: what a proof of possession names. */
  readonly url: string;
  /** What the provider's own URLs become: the public URL of the connection, without a trailing slash. */
  readonly publicBase: string;
}

const PREFIX = '/gateway';

/** Reads the public URL and the gateway's domain once. */
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

/** Tells whether a request belongs to the gateway rather than to the rest of the server; also for what it will refuse. */
export function isGatewayTarget(site: Site, request: { readonly url: string; readonly host: string }): boolean {
  const { url } = request;
  if (!url.startsWith('/')) return true;
  if (url === PREFIX || url.startsWith(`${PREFIX}/`) || url.startsWith(`${PREFIX}?`)) return true;
  const host = hostOf(site, request.host);
  return site.gatewayDomain !== undefined && (host === site.gatewayDomain || host.endsWith(`.${site.gatewayDomain}`));
}

/**
 * Finds the connection's slug and what is left of the target for the provider.
 * Throws `WritError`: `misdirected` for a host that is not Writ's, `not_supported` for a target that is not a path, `connection_unknown`.
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

/** The label before the gateway's domain; undefined for the public URL's own host. */
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

/** The host without the public URL's port, which is the only port it may have. */
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
