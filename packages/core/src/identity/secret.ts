const REDACT = Symbol.for('nodejs.util.inspect.custom');

/**
 * A value that must never be printed: every conversion to text gives `[secret <label>]`. It is read by `expose()` only, so that `git grep
 * 'expose()'` lists every place where a secret is used.
 */
export class Secret {
  readonly #value: string;
  readonly label: string;

  constructor(value: string, label: string) {
    this.#value = value;
    this.label = label;
  }

  /** Returns the value itself. */
  expose(): string {
    return this.#value;
  }

  toString(): string {
    return `[secret ${this.label}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [REDACT](): string {
    return this.toString();
  }
}
