/** Finds a secret in any of the spellings in which it could leave. */

/** A secret that was planted, by what it is. */
export interface Marker {
  readonly name: string;
  readonly secret: string;
}

/**
 * Returns the texts to look for: raw, hex, base64 at every place in a longer text where it can begin, percent-encoded, JSON-escaped,
 * reversed.
 */
export function spellingsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const each = (write: (byte: number) => string): string => [...bytes].map(write).join('');
  const pad = (byte: number): string => byte.toString(16).padStart(2, '0');
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ a: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    each((byte) => `%${pad(byte)}`),
    each((byte) => `%${pad(byte).toUpperCase()}`),
    each((byte) => `\\u00${pad(byte)}`),
    each((byte) => `\\x${pad(byte)}`),
    hex,
    hex.toUpperCase(),
    [...secret].reverse().join(''),
    ...[0, 1, 2].flatMap((offset) => inBase64(bytes, offset)),
  ];
}

/** The characters that depend on nothing but these bytes, when `offset` bytes stand before them in a group of three. */
function inBase64(bytes: Buffer, offset: number): readonly string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const [first, last] = [Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6)];
  return [padded.toString('base64').slice(first, last), padded.toString('base64url').slice(first, last)];
}

/** Says which markers are in a text: `where: name`. */
export function leaksIn(where: string, text: string, markers: readonly Marker[]): readonly string[] {
  return markers
    .filter(({ secret }) => spellingsOf(secret).some((spelling) => text.includes(spelling)))
    .map(({ name }) => `${where}: ${name}`);
}
