/** Which of the provider's response headers reach the client, and how its URLs are rewritten (model#response). */
import type { Provider } from '@writ/providers';
import type { GatewayConnection } from '../ports.ts';

/** On every response of the gateway, the provider's answers included (model#response). */
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

/** Headers as undici gives them. */
export type UpstreamHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What rewriting needs to know. */
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

/** Returns the headers that pass, as names and values in turn. Everything else is left out: cookies, CORS, `Refresh`, caching ... */
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

/** Never passed, also where a provider lists them: they would act on the client as if the gateway had said them, or frame the answer. */
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

/** A URL of the provider becomes the gateway's own; one of another host stays; one that is neither http nor https is dropped. */
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
