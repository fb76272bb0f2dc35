/** The provider's response headers that reach the client, and the URLs that are rewritten in them (model#response). */
import type { Provider } from '@writ/providers';
import type { GatewayConnection } from '../ports.ts';

/** The headers of every response of the gateway, also of the provider's answers (model#response). */
export const SECURITY_HEADERS = [
  'content-security-policy',
  "sandbox; default-src 'none'",
  'x-content-type-options',
  'nosniff',
  'cross-origin-resource-policy',
  'same-origin',
  'cache-control',
  'no-store',
] as const;

/** Response headers as undici gives them. */
export type UpstreamHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The facts that rewriting uses. */
export interface RewriteContext {
  readonly connection: Pick<GatewayConnection, 'origin' | 'base_url' | 'provider' | 'others'>;
  /** The origin that answered. */
  readonly from: string;
  /** The connection's public URL in the form the request came by; no trailing slash. */
  readonly publicBase: string;
}

const PASSING: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'content-language',
  'content-disposition',
  'etag',
  'last-modified',
  'date',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
]);
const PASSING_PREFIXES = ['x-ratelimit-', 'x-rate-limit-', 'ratelimit-'];

/** Returns the headers that pass, as alternating names and values. All others are left out: cookies, CORS, `Refresh`, caching ... */
export function passingHeaders(headers: UpstreamHeaders, context: RewriteContext): string[] {
  const passing: string[] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (typeof value !== 'string' || !/^[\t\x20-\x7e]*$/.test(value)) continue;
    if (passes(name, context.connection.provider)) passing.push(name, value);
    else {
      const rewritten = rewriteHeader(name, { value, context });
      if (rewritten !== undefined) passing.push(name, rewritten);
    }
  }
  return passing;
}

/** Headers that never pass, even if a provider lists them: they act on the client as if the gateway had sent them, or frame the answer. */
const NEVER =
  /^(?:set-cookie2?|refresh|location|link|content-location|connection|keep-alive|trailer|upgrade|transfer-encoding|content-encoding|www-authenticate|cache-control|clear-site-data|strict-transport-security|alt-svc|nel|report-to|sourcemap|service-worker-.*|cross-origin-.*|x-content-type-options|proxy-.*|access-control-.*|content-security-policy.*|writ-.*)$/;

function passes(name: string, { wire }: Pick<Provider, 'wire'>): boolean {
  if (PASSING.has(name) || PASSING_PREFIXES.some((prefix) => name.startsWith(prefix))) return true;
  return wire.response_headers?.has(name) === true && !NEVER.test(name);
}

function rewriteHeader(
  name: string,
  { value, context }: { readonly value: string; readonly context: RewriteContext },
): string | undefined {
  if (name === 'location' || name === 'content-location') return rewriteUrl(value, context);
  if (name !== 'link') return undefined;
  return value.replace(/<([^<>]*)>/g, (_whole, url: string) => `<${rewriteUrl(url, context) ?? ''}>`);
}

/** Rewrites a URL of the provider to the gateway. A URL of another host stays; one that is neither http nor https is dropped. */
export function rewriteUrl(value: string, { connection, publicBase, from }: RewriteContext): string | undefined {
  const url = URL.parse(value, from);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  url.username = '';
  url.password = '';
  const place = [connection, ...connection.others.values()].find(({ origin }) => origin === url.origin);
  if (place === undefined && !connection.provider.hosts.includes(url.hostname)) return url.href;
  if (place === undefined) return `${publicBase}${url.pathname}${url.search}${url.hash}`;
  const basePath = new URL(place.base_url).pathname.replace(/\/+$/, '');
  if (url.pathname !== basePath && !url.pathname.startsWith(`${basePath}/`)) return undefined;
  return `${publicBase}${url.pathname.slice(basePath.length)}${url.search}${url.hash}`;
}
