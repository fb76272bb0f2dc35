/** A request as people may see it: in the place of each secret value stands how long it is. */
import {
  inertLine,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type ProviderRequest,
  type ResolvedOperation,
  replaceAt,
  valuesAt,
} from '@writ/core';
import { inertValue } from './redact.ts';

/** Shorter values are too common to be looked for inside of words: they count where they stand by themselves. */
const FINDABLE = 4;

/** The most work of looking for secrets in a text, in values times characters. More is hidden as a whole. */
const MOST_WORK = 50_000_000;

/** What JSON and a document as Writ writes it are made of: an escape outside of strings, strings and member names, names, numbers. */
const TOKENS = /\\.|"(?:[^"\\]|\\.)*"(?:\s*:)?|[A-Za-z_]\w*|-?\d[\d.eE+-]*/gs;

/** The secret values of a request, and how they are hidden. */
export class HiddenValues {
  readonly #texts: ReadonlySet<string>;

  constructor(operations: readonly Pick<ResolvedOperation, 'arguments' | 'secret_arguments'>[]) {
    const found = operations.flatMap(({ arguments: values, secret_arguments }) =>
      secret_arguments.flatMap((path) => valuesAt(values, path).flatMap(leavesOf)),
    );
    this.#texts = new Set(found.filter((text) => text !== ''));
  }

  /** True if there are any. */
  get any(): boolean {
    return this.#texts.size > 0;
  }

  /**
   * A JSON body in which every value that is secret is hidden wherever it stands, as a literal of the document too. It is hidden as a
   * whole where a secret can still be read in what is left.
   */
  body(bytes: Uint8Array): string {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .toString('utf8')
      .replaceAll('\0', '\u{fffd}');
    if (!this.any) return text;
    return isJson(text) && !this.#shows(text) ? this.#replaced(text, hiddenText) : hiddenText(text);
  }

  /** A path, a query, a header or a text among the arguments: hidden as a whole where it holds a secret. */
  text(text: string): string {
    if (!this.any) return text;
    const holdsOne = this.#texts.has(text) || this.#shows(text) || this.#replaced(text, hiddenText) !== text;
    return holdsOne ? hiddenText(text) : text;
  }

  /**
   * Replaces each literal that is secret, and looks into every other string: it may be a document, or JSON. `read`, if given, takes every
   * text that can be read after that, at each depth.
   */
  #replaced(text: string, mark: (secret: string) => string, read?: string[]): string {
    const left = text.replace(TOKENS, (token) => {
      const value = meant(token);
      if (this.#isSecret(token, value)) return JSON.stringify(mark(value));
      if (!isString(token)) {
        if (value !== token) read?.push(value);
        return token;
      }
      const inner = this.#replaced(value, mark, read);
      return inner === value ? token : JSON.stringify(inner);
    });
    read?.push(left);
    return left;
  }

  /** True if a secret can be read in a text, or in a string in it, but where it is replaced. */
  #shows(text: string): boolean {
    if (this.#texts.size * text.length > MOST_WORK) return true;
    const read: string[] = [];
    this.#replaced(text, () => '', read);
    return read.some((each) => this.#standsIn(each));
  }

  #standsIn(text: string): boolean {
    const readings = [text, unescapedUrl(text)];
    return [...this.#texts].some((secret) =>
      [secret, JSON.stringify(secret).slice(1, -1)].some((form) => readings.some((reading) => holds(reading, form))),
    );
  }

  /** Names are no values, but for `true` and `false`. A number counts in any spelling. */
  #isSecret(token: string, value: string): boolean {
    if (isString(token) || token === 'true' || token === 'false') return this.#texts.has(value);
    return /^[-\d]/.test(token) && (this.#texts.has(token) || this.#texts.has(String(Number(token))));
  }
}

/** True for a string that is no member's name. */
function isString(token: string): boolean {
  return token.startsWith('"') && token.endsWith('"');
}

/** What a string or a member's name says, as JSON reads it where that can; any other token as it is. */
function meant(token: string): string {
  if (!token.startsWith('"')) return token;
  const quoted = token.slice(0, token.lastIndexOf('"') + 1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function unescapedUrl(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-f]{2})+/gi, (octets) => Buffer.from(octets.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** True if a text holds another: anywhere, or a short one as a word by itself. */
function holds(text: string, form: string): boolean {
  if (form.length >= FINDABLE) return text.includes(form);
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
    const [before = '', after = ''] = [text[at - 1], text[at + form.length]];
    if (!/\w/.test(before) && !/\w/.test(after)) return true;
  }
  return false;
}

/** What stands for a secret value. */
function hiddenText(secret: string): string {
  return `[secret, ${Buffer.byteLength(secret)} bytes]`;
}

function leavesOf(value: JsonValue | undefined): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (isJsonObject(value)) return Object.values(value).flatMap(leavesOf);
  return [String(value)];
}

/** The arguments of an operation, inert, with what stands for each secret value, and for each text that holds one. */
export function shownArguments(
  { arguments: values, secret_arguments }: ResolvedOperation,
  hidden: HiddenValues,
): JsonObject {
  let shown: JsonValue = values;
  for (const path of secret_arguments)
    shown = replaceAt(shown, path, (value) =>
      value === null ? null : hiddenText(typeof value === 'string' ? value : JSON.stringify(value)),
    );
  const safe = inertValue(textsHidden(shown, hidden));
  return isJsonObject(safe) ? safe : {};
}

const HIDDEN = /^\[secret, \d+ bytes\]$/;

function textsHidden(value: JsonValue, hidden: HiddenValues): JsonValue {
  if (typeof value === 'string') return HIDDEN.test(value) ? value : hidden.text(value);
  if (Array.isArray(value)) return value.map((item) => textsHidden(item, hidden));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value);
  // A name that holds a secret hides all of them: hidden alone, two could look alike and hide each other.
  if (members.some(([name]) => name.length >= FINDABLE && hidden.text(name) !== name))
    return hiddenText(JSON.stringify(value));
  return Object.fromEntries(members.map(([name, member]) => [name, textsHidden(member, hidden)]));
}

/** The headers that are sent, but for the root credential, which is none of them. */
export function shownHeaders({ headers }: ProviderRequest, hidden: HiddenValues): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, inertLine(hidden.text(value), 8192)]),
  );
}
