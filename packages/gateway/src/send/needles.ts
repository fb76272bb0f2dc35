/** The spellings in which an upstream could echo a secret. */

/**
 * The shortest encoded spelling that is searched for: a shorter one would be found by accident. The secret's own text is searched for at
 * any length.
 */
const SHORTEST_ENCODED = 8;

/**
 * Returns the texts to search for: the secret itself, hex in both cases, and base64 in both alphabets and in the three alignments that it
 * can have inside a longer value. The searcher itself finds these texts percent-encoded or with JSON escapes.
 */
export function spellingsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const encoded = [hex, hex.toUpperCase(), ...[0, 1, 2].flatMap((offset) => base64Inside(bytes, offset))];
  const spellings = new Set([bytes.toString('latin1'), ...encoded.filter((text) => text.length >= SHORTEST_ENCODED)]);
  return [...spellings].filter((text) => text.length > 0);
}

/** Returns the characters of a base64 text that depend on these bytes alone, if `offset` bytes stand before them in a group. */
function base64Inside(bytes: Buffer, offset: number): readonly string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor((padded.length * 8) / 6);
  return [padded.toString('base64').slice(first, last), padded.toString('base64url').slice(first, last)];
}

/** One byte that was read from a text, and the index of the next one; `open` if the text ends inside an escape. */
export type Step = { readonly byte: number; readonly next: number } | 'open';

/** The bytes that begin an escape. */
export const PERCENT = 0x25;
export const BACKSLASH = 0x5c;

/** The escapes that are read: `%` has no meaning in JSON, and a backslash has none in a URL. */
export interface EscapeMode {
  readonly percent: boolean;
  readonly json: boolean;
}

/** The modes: each kind of escape by itself, and both together. */
export const ESCAPE_MODES: readonly EscapeMode[] = [
  { percent: true, json: false },
  { percent: false, json: true },
  { percent: true, json: true },
];

/** Reads one byte: plain, as `%41`, as `\u0041`, or as a backslash and a character. */
export function readEscaped(data: Uint8Array, at: number, mode: EscapeMode): Step {
  const byte = data[at];
  if (byte === undefined) return 'open';
  if (byte === PERCENT && mode.percent) return hexStep(data, { at, digits: at + 1, count: 2 });
  if (byte !== BACKSLASH || !mode.json) return { byte, next: at + 1 };
  const kind = data[at + 1];
  if (kind === undefined) return 'open';
  if (kind === 0x75) return hexStep(data, { at, digits: at + 2, count: 4 });
  return kind === 0x2f || kind === 0x22 || kind === BACKSLASH ? { byte: kind, next: at + 2 } : { byte, next: at + 1 };
}

function hexStep(
  data: Uint8Array,
  place: { readonly at: number; readonly digits: number; readonly count: number },
): Step {
  let value = 0;
  for (let i = place.digits; i < place.digits + place.count; i += 1) {
    const byte = data[i];
    if (byte === undefined) return 'open';
    const digit = hexDigit(byte);
    if (digit === -1) return { byte: data[place.at] ?? 0, next: place.at + 1 };
    value = value * 16 + digit;
  }
  if (value > 255) return { byte: data[place.at] ?? 0, next: place.at + 1 };
  return { byte: value, next: place.digits + place.count };
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
