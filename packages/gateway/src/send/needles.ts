/** The spellings in which an upstream could echo a secret. */

/** Shorter spellings than this would be found by accident; a secret's own text is looked for at any length. */
const SHORTEST_ENCODED = 8;

/**
 * Returns the texts to look for: the secret itself, hex in both cases, and base64 in the three alignments it can have inside a
 * longer value, in both alphabets. What percent-encoding or JSON escapes make of each of these is found by the searcher.
 */
export function spellingsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const encoded = [hex, hex.toUpperCase(), ...[0, 1, 2].flatMap((offset) => base64Inside(bytes, offset))];
  const spellings = new Set([bytes.toString('latin1'), ...encoded.filter((text) => text.length >= SHORTEST_ENCODED)]);
  return [...spellings].filter((text) => text.length > 0);
}

/** The characters of a base64 text that depend on nothing but these bytes, when `offset` bytes stand before them in a group. */
function base64Inside(bytes: Buffer, offset: number): readonly string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor((padded.length * 8) / 6);
  return [padded.toString('base64').slice(first, last), padded.toString('base64url').slice(first, last)];
}

/** A byte as written at some place of a text, and where the next one begins; `open` when the text ends within its escape. */
export type Step = { readonly byte: number; readonly next: number } | 'open';

/** The bytes that begin an escape. */
export const PERCENT = 0x25;
export const BACKSLASH = 0x5c;

/** Which escapes are read: a `%` means nothing in JSON, and a backslash nothing in a URL. */
export interface EscapeMode {
  readonly percent: boolean;
  readonly json: boolean;
}

/** Each by itself, and both at once. */
export const ESCAPE_MODES: readonly EscapeMode[] = [
  { percent: true, json: false },
  { percent: false, json: true },
  { percent: true, json: true },
];

/** Reads one byte: itself, `%41`, `\u0041`, or what stands behind a backslash. */
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
