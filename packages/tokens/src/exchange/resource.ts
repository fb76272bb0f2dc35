/** What a token is to be for (RFC 8707): one of Writ's own resources. `aud` is as Writ writes it, however it was asked for. */
export type Resource =
  | { readonly kind: 'gateway'; readonly aud: string }
  | { readonly kind: 'connection'; readonly aud: string; readonly connection: string }
  | { readonly kind: 'admin'; readonly aud: string };

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads the `resource` of a token request, or RFC 8693's `audience`, which is taken for the same: `<issuer>/gateway`,
 * `<issuer>/gateway/{connection}` or `<issuer>/api/v1`, compared as URLs. Undefined, for `invalid_target`, for any other, and for
 * one with query, fragment or user information. Whether there is such a connection, and whether the client may have that kind, is
 * for the caller.
 */
export function parseResource(value: string, issuer: string): Resource | undefined {
  const asked = sameUrlText(value);
  const gateway = `${issuer}/gateway`;
  if (asked === undefined) return undefined;
  if (asked === sameUrlText(gateway)) return { kind: 'gateway', aud: gateway };
  if (asked === sameUrlText(`${issuer}/api/v1`)) return { kind: 'admin', aud: `${issuer}/api/v1` };
  const connection = asked.slice(asked.lastIndexOf('/') + 1);
  const aud = `${gateway}/${connection}`;
  return LABEL.test(connection) && asked === sameUrlText(aud) ? { kind: 'connection', aud, connection } : undefined;
}

/** One text for all that are the same http(s) URL (WHATWG): the host's case and a default port make no difference. */
function sameUrlText(text: string): string | undefined {
  // What a URL parser would silently drop, or turn into a slash.
  if (!/^https?:\/\/[^/]/i.test(text) || /[^\x21-\x7e]|[\\?#]/.test(text) || !URL.canParse(text)) return undefined;
  const { href, username, password } = new URL(text);
  return username === '' && password === '' ? href : undefined;
}
