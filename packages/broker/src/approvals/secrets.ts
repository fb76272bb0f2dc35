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
import { inertValue } from '../record/redact.ts';

/** Shorter values are too common to be looked for inside of other text. */
const FINDABLE = 4;

/** The secret values of a request, and how they are hidden. */
export class HiddenValues {
  readonly #texts: ReadonlySet<string>;

  constructor(operations: readonly ResolvedOperation[]) {
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
   * A body in which every secret value is hidden. One in which that is not certain is hidden as a whole.
   */
  body(bytes: Uint8Array): string {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .toString('utf8')
      .replaceAll('\0', '\u{fffd}');
    if (!this.any) return text;
    const hidden = this.#json(text) ?? this.text(text);
    return this.#shows(hidden) ? hiddenText(text) : hidden;
  }

  /** A path, a query or a header. */
  text(text: string): string {
    let hidden = text;
    for (const secret of this.#texts) {
      for (const form of [secret, encodeURIComponent(secret.toWellFormed())]) {
        if (form.length >= FINDABLE) hidden = hidden.replaceAll(form, hiddenText(secret));
        else if (hidden.includes(form)) return hiddenText(text);
      }
    }
    return hidden;
  }

  /** A JSON body: a value that is secret is hidden wherever it stands, and so is its literal in a document. */
  #json(text: string): string | undefined {
    try {
      return JSON.stringify(this.#value(JSON.parse(text)));
    } catch {
      return undefined;
    }
  }

  #value(value: JsonValue): JsonValue {
    if (Array.isArray(value)) return value.map((item) => this.#value(item));
    if (isJsonObject(value))
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.#value(member)]));
    if (value === null) return null;
    if (this.#texts.has(String(value))) return hiddenText(String(value));
    return typeof value === 'string' ? this.#document(value) : value;
  }

  /** A text that may be a document: the literals in it. */
  #document(text: string): string {
    let hidden = text;
    for (const secret of this.#texts) {
      const mark = JSON.stringify(hiddenText(secret));
      hidden = hidden.replaceAll(JSON.stringify(secret), mark).replaceAll(`"""${secret}"""`, mark);
    }
    return hidden;
  }

  /** True if a secret value can still be read in a text, in any of its forms. */
  #shows(text: string): boolean {
    return [...this.#texts].some((secret) => {
      const forms = [secret, JSON.stringify(secret).slice(1, -1), JSON.stringify(JSON.stringify(secret)).slice(3, -3)];
      return forms.some((form) => form.length >= FINDABLE && text.includes(form));
    });
  }
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

/** The arguments of an operation, inert, with what stands for each secret value. */
export function shownArguments({ arguments: values, secret_arguments }: ResolvedOperation): JsonObject {
  let shown: JsonValue = values;
  for (const path of secret_arguments)
    shown = replaceAt(shown, path, (value) =>
      value === null ? null : hiddenText(typeof value === 'string' ? value : JSON.stringify(value)),
    );
  const safe = inertValue(shown);
  return isJsonObject(safe) ? safe : {};
}

/** The headers that are sent, but for the root credential, which is none of them. */
export function shownHeaders({ headers }: ProviderRequest, hidden: HiddenValues): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, inertLine(hidden.text(value), 8192)]),
  );
}
