/**
 * A search for many texts at once that skips most of the data (Wu and Manber's algorithm with blocks of three bytes): in a body without a
 * secret it reads about every thirtieth byte.
 */
import { BACKSLASH, ESCAPE_MODES, type EscapeMode, PERCENT, readEscaped, spellingsOf } from './needles.ts';

const TABLE = 1 << 16;
const BLOCK = 3;
const slot = (a: number, b: number, c: number): number => ((a << 10) ^ (b << 5) ^ c) & (TABLE - 1);

/** The characters that JSON escapes by a backslash before the character itself. */
const QUOTED = ['/', '"', '\\'];

/** The searcher for the spellings of one secret. */
export class Searcher {
  readonly #texts: readonly Buffer[];
  /** How many bytes of each text the table knows: the length of the shortest. */
  readonly #window: number;
  /** How far the window may move, by the block of bytes at its end. */
  readonly #shift = new Uint8Array(TABLE);
  /** The texts, by their first byte. */
  readonly #byFirst: (Buffer[] | undefined)[] = Array.from({ length: 256 }, () => undefined);
  /** The bytes that occur in any of the texts: an escape for another byte can be skipped. */
  readonly #bytes = new Uint8Array(256);
  /** The beginnings of JSON escapes that could stand for a byte of a text. */
  readonly #jsonSigns: readonly string[];
  readonly #longest: number;

  constructor(secret: string) {
    this.#texts = spellingsOf(secret).map((text) => Buffer.from(text, 'latin1'));
    const lengths = this.#texts.map((text) => text.length);
    this.#window = Math.min(...lengths, 255);
    this.#longest = Math.max(...lengths, 0);
    this.#shift.fill(Math.max(1, this.#window - BLOCK + 1));
    for (const text of this.#texts) this.#learn(text);
    const quoted = QUOTED.filter((character) => this.#bytes[character.charCodeAt(0)] === 1);
    this.#jsonSigns = ['\\u00', ...quoted.map((character) => `\\${character}`)];
  }

  /** The length of the longest spelling, with the longest escapes, in bytes. */
  get reach(): number {
    return this.#longest * LONGEST_ESCAPE;
  }

  #learn(text: Buffer): void {
    for (let i = BLOCK - 1; i < this.#window; i += 1) {
      const at = slot(text[i - 2] ?? 0, text[i - 1] ?? 0, text[i] ?? 0);
      this.#shift[at] = Math.min(this.#shift[at] ?? 0, this.#window - 1 - i);
    }
    const first = text[0] ?? 0;
    this.#byFirst[first] = [...(this.#byFirst[first] ?? []), text];
    for (const byte of text) this.#bytes[byte] = 1;
  }

  /** Tells whether the data holds a spelling of the secret: plain, percent-encoded or JSON-escaped. */
  found(data: Buffer): boolean {
    return this.#foundPlain(data) || this.#modesIn(data).some((mode) => this.#foundPlain(unescaped(data, mode)));
  }

  #foundPlain(data: Buffer): boolean {
    const window = this.#window;
    if (window < BLOCK) return this.#texts.some((text) => data.includes(text));
    const shifts = this.#shift;
    const { length } = data;
    let end = window - 1;
    while (end < length) {
      const at = slot(data[end - 2] as number, data[end - 1] as number, data[end] as number);
      const shift = shifts[at] as number;
      if (shift !== 0) end += shift;
      else if (this.#matchesAt(data, end - window + 1)) return true;
      else end += 1;
    }
    return false;
  }

  #matchesAt(data: Buffer, at: number): boolean {
    for (const text of this.#byFirst[data[at] as number] ?? []) {
      if (agrees(data, at, text) === text.length) return true;
    }
    return false;
  }

  /** Returns the modes in which some escape of the data could stand for a byte of a text. */
  #modesIn(data: Buffer): readonly EscapeMode[] {
    const percent = this.#hasEscape(data, '%');
    const json = this.#jsonSigns.some((sign) => this.#hasEscape(data, sign));
    return ESCAPE_MODES.filter((mode) => (!mode.percent || percent) && (!mode.json || json));
  }

  #hasEscape(data: Buffer, sign: string): boolean {
    const mark = sign.length === 1 ? sign.charCodeAt(0) : sign;
    const mode = { percent: true, json: true };
    for (let at = data.indexOf(mark); at !== -1; at = data.indexOf(mark, at + 1)) {
      const step = readEscaped(data, at, mode);
      if (step !== 'open' && step.next > at + 1 && this.#bytes[step.byte] === 1) return true;
    }
    return false;
  }

  /** Returns where the longest tail of the data begins that could be the start of a spelling; the data's length if there is none. */
  openFrom(data: Buffer): number {
    let earliest = this.#openPlain(data);
    const from = Math.max(0, data.length - this.reach);
    const percent = data.includes(PERCENT, from);
    const json = data.includes(BACKSLASH, from);
    if (!percent && !json) return earliest;
    const tail = data.subarray(from);
    const places = new Uint32Array(tail.length + 1);
    for (const mode of ESCAPE_MODES) {
      if ((mode.percent && !percent) || (mode.json && !json)) continue;
      const open = this.#openPlain(unescaped(tail, mode, places));
      earliest = Math.min(earliest, from + (places[open] ?? tail.length));
    }
    return earliest;
  }

  #openPlain(data: Buffer): number {
    const { length } = data;
    for (let at = Math.max(0, length - this.#longest); at < length; at += 1) {
      const texts = this.#byFirst[data[at] as number];
      if (texts === undefined) continue;
      const left = length - at;
      for (const text of texts) if (left < text.length && agrees(data, at, text) === left) return at;
    }
    return length;
  }
}

/**
 * The length of the longest escape of one byte, `\u0041`, and one more: a tail can begin inside an escape, which is then not read as one.
 */
const LONGEST_ESCAPE = 7;

/** Returns how many leading bytes of the text stand at a place of the data. */
function agrees(data: Buffer, at: number, text: Buffer): number {
  const most = Math.min(text.length, data.length - at);
  let i = 0;
  while (i < most && data[at + i] === text[i]) i += 1;
  return i;
}

/**
 * Returns the data with its escapes read. `places` receives the index from which each byte was read, and last the index at which reading
 * ended: the end of the data, or an escape that is not whole yet.
 */
function unescaped(data: Buffer, mode: EscapeMode, places?: Uint32Array): Buffer {
  const out = Buffer.allocUnsafe(data.length);
  let length = 0;
  let at = 0;
  for (; at < data.length; length += 1) {
    if (places !== undefined) places[length] = at;
    const byte = data[at] as number;
    if (byte !== PERCENT && byte !== BACKSLASH) {
      out[length] = byte;
      at += 1;
      continue;
    }
    const step = readEscaped(data, at, mode);
    if (step === 'open') break;
    out[length] = step.byte;
    at = step.next;
  }
  if (places !== undefined) places[length] = at;
  return out.subarray(0, length);
}
