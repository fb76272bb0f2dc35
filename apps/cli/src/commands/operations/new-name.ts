/** A new name as `writ connections schema` writes it. */
export interface WrittenName {
  readonly name: string;
  /** Of a new argument or value of one: `input.x`, `input.x=VALUE`. */
  readonly argument?: string;
}

/** Reads `operation`, `Type.field` or `operation(argument)`. */
export function readName(written: string): WrittenName {
  const [, name, argument] = /^([^()]+)\(([^()]+)\)$/.exec(written) ?? [];
  return name === undefined || argument === undefined ? { name: written } : { name, argument };
}
