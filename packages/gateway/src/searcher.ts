/**
 * Looks for many texts at once, skipping most of the data (Wu and Manber's algorithm with pairs of bytes): a body without
 * a secret costs a look at about every thirtieth byte.
 */
import { BACKSLASH, ESCAPE_MODES, type EscapeMode, PERCENT, readEscaped, spellingsOf } from './needles.ts';

const TABLE = 4096;
const ANY_ESCAPE: EscapeMode = { percent: true, json: true };
const slot = (first: number, second: number): number => ((first << 4) ^ second) & (TABLE - 1);

/** Finds the spellings of one secret. */
export class Searcher {
  readonly #texts: readonly Buffer[];
  /** How many bytes of each text the table knows: the length of the shortest. */
  readonly #window: number;
  /** By a pair of bytes at the end of the window: how far the window may move. */
  readonly #shift = new Uint8Array(TABLE);
  readonly #firsts = new Uint8Array(256);
  /** Bytes that occur in a text: an escape that stands for another one needs no second look. */
  readonly #bytes = new Uint8Array(256);
  /** How escapes begin that could stand for a byte of a text. */
  readonly #escapes: readonly string[];
  /** The longest a text can be when every byte of it is escaped (`\u0041`). */
  readonly #longest: number;

  constructor(secret: string) {
    this.#texts = spellingsOf(secret).map((text) => Buffer.from(text, 'latin1'));
    this.#window = Math.min(...this.#texts.map((text) => text.length), 255);
    this.#longest = Math.max(...this.#texts.map((text) => text.length)) * 6;
    this.#shift.fill(Math.max(1, this.#window - 1));
    for (const text of this.#texts) this.#learn(text);
    const quoted = ['/', '"', '\\'].filter((character) => this.#bytes[character.charCodeAt(0)] === 1);
    this.#escapes = ['%', '\\u00', ...quoted.map((character) => `\\${character}`)];
  }

  #learn(text: Buffer): void {
    for (let i = 1; i < this.#window; i += 1) {
      const at = slot(text[i - 1] ?? 0, text[i] ?? 0);
      this.#shift[at] = Math.min(this.#shift[at] ?? 0, this.#window - 1 - i);
    }
    this.#firsts[text[0] ?? 0] = 1;
    for (const byte of text) this.#bytes[byte] = 1;
  }

  /** Tells whether the data holds a spelling of the secret, be it percent-encoded or JSON-escaped. */
  found(data: Buffer): boolean {
    if (this.#texts.length === 0) return false;
    if (this.#foundPlain(data)) return true;
    return this.#hasEscapes(data) && ESCAPE_MODES.some((mode) => this.#foundPlain(unescaped(data, mode)));
  }

  #foundPlain(data: Buffer): boolean {
    const window = this.#window;
    if (window < 2) return this.#texts.some((text) => data.includes(text));
    const shifts = this.#shift;
    const { length } = data;
    let end = window - 1;
    while (end < length) {
      const shift = shifts[(((data[end - 1] as number) << 4) ^ (data[end] as number)) & (TABLE - 1)] as number;
      if (shift !== 0) {
        end += shift;
        continue;
      }
      if (this.#matchesAt(data, end - window + 1)) return true;
      end += 1;
    }
    return false;
  }

  #matchesAt(data: Buffer, at: number): boolean {
    const first = data[at];
    return this.#texts.some(
      (text) =>
        text[0] === first &&
        at + text.length <= data.length &&
        data.compare(text, 0, text.length, at, at + text.length) === 0,
    );
  }

  #hasEscapes(data: Buffer): boolean {
    return this.#escapes.some((sign) => this.#hasEscapesOf(data, sign));
  }

  #hasEscapesOf(data: Buffer, sign: string): boolean {
    const mark = sign.length === 1 ? sign.charCodeAt(0) : sign;
    for (let at = data.indexOf(mark); at !== -1; at = data.indexOf(mark, at + 1)) {
      const step = readEscaped(data, at, ANY_ESCAPE);
      if (step !== 'open' && step.next > at + 1 && this.#bytes[step.byte] === 1) return true;
    }
    return false;
  }

  /** Where the longest end of the data begins that could be the beginning of a spelling; the data's length for none. */
  openFrom(data: Buffer): number {
    const from = Math.max(0, data.length - this.#longest);
    const modes = data.includes(PERCENT, from) || data.includes(BACKSLASH, from) ? ESCAPE_MODES : [];
    for (let at = from; at < data.length; at += 1) {
      const byte = data[at] as number;
      if (this.#firsts[byte] === 0 && byte !== PERCENT && byte !== BACKSLASH) continue;
      if (this.#texts.some((text) => opens(data, { at, text }, modes))) return at;
    }
    return data.length;
  }
}

interface Place {
  readonly at: number;
  readonly text: Buffer;
}

/** Tells whether the data ends within the text, which begins at that place, in plain or by one of the modes. */
function opens(data: Buffer, place: Place, modes: readonly EscapeMode[]): boolean {
  return opensPlain(data, place) || modes.some((mode) => opensEscaped(data, place, mode));
}

function opensPlain(data: Buffer, { at, text }: Place): boolean {
  const left = data.length - at;
  return left < text.length && data.compare(text, 0, left, at) === 0;
}

function opensEscaped(data: Buffer, { at, text }: Place, mode: EscapeMode): boolean {
  let next = at;
  for (const wanted of text) {
    const step = readEscaped(data, next, mode);
    if (step === 'open') return true;
    if (step.byte !== wanted) return false;
    next = step.next;
  }
  return false;
}

function unescaped(data: Buffer, mode: EscapeMode): Buffer {
  const out = Buffer.allocUnsafe(data.length);
  let length = 0;
  for (let at = 0; at < data.length; ) {
    const step = readEscaped(data, at, mode);
    if (step === 'open') {
      length += data.copy(out, length, at);
      break;
    }
    out[length] = step.byte;
    length += 1;
    at = step.next;
  }
  return out.subarray(0, length);
}
