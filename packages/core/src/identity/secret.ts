const REDACT = Symbol.for('nodejs.util.inspect.custom');

/**
 * Holds a value that must never be printed: every way of turning it into text gives `[secret <label>]`.
 * Reading it is an explicit `expose()`, so that `git grep 'expose()'` lists every place a secret leaves.
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
