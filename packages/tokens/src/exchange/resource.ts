/** What a token is to be for (RFC 8707): one of Writ's own resources. */
export type Resource =
  | { readonly kind: 'gateway'; readonly aud: string }
  | { readonly kind: 'connection'; readonly aud: string; readonly connection: string }
  | { readonly kind: 'admin'; readonly aud: string };

/** What was asked for. */
export interface ResourceRequest {
  /** Every `resource` of the request, and RFC 8693's `audience`, which is taken for the same. */
  readonly values: readonly string[];
  /** What is meant when there is none. */
  readonly fallback: 'gateway' | 'admin';
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads the resource of a token request: `<issuer>/gateway`, `<issuer>/gateway/{connection}` or `<issuer>/api/v1`, byte for byte.
 * Undefined, for `invalid_target`, for any other, for more than one, and for one with fragment or query. Whether there is such a
 * connection, and whether the client may have that kind, is for the caller.
 */
export function parseResource({ values, fallback }: ResourceRequest, issuer: string): Resource | undefined {
  const gateway = `${issuer}/gateway`;
  const admin = `${issuer}/api/v1`;
  const [value = fallback === 'admin' ? admin : gateway, ...others] = values;
  if (others.length > 0) return undefined;
  if (value === gateway) return { kind: 'gateway', aud: value };
  if (value === admin) return { kind: 'admin', aud: value };
  const connection = value.startsWith(`${gateway}/`) ? value.slice(gateway.length + 1) : '';
  return LABEL.test(connection) ? { kind: 'connection', aud: value, connection } : undefined;
}
