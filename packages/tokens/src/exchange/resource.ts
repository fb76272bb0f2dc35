/** The resource for which a token is made (RFC 8707): one of Writ's own. `aud` has Writ's spelling, for every spelling of the request. */
export type Resource =
  | { readonly kind: 'gateway'; readonly aud: string }
  | { readonly kind: 'connection'; readonly aud: string; readonly connection: string }
  | { readonly kind: 'admin'; readonly aud: string };

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads the `resource` of a token request, or the `audience` of RFC 8693, which means the same: `<issuer>/gateway`,
 * `<issuer>/gateway/{connection}` or `<issuer>/api/v1`, compared as URLs. Undefined (answered with `invalid_target`) for any other URL, and
 * for one with query, fragment or user information. The caller checks that the connection exists and that the client may have a token of
 * that kind.
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

/** Returns the same text for all spellings of one http(s) URL (WHATWG): the case of the host and a default port make no difference. */
function sameUrlText(text: string): string | undefined {
  // A URL parser would silently drop these characters, or make a slash of them.
  if (!/^https?:\/\/[^/]/i.test(text) || /[^\x21-\x7e]|[\\?#]/.test(text) || !URL.canParse(text)) return undefined;
  const { href, username, password } = new URL(text);
  return username === '' && password === '' ? href : undefined;
}
