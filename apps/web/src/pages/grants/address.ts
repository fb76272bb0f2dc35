/** A text of an address's query; undefined for anything else, since addresses are typed and sent around. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined;
}

/** The query of an address, as it came. */
export type Query = Record<string, unknown>;

/** Which grants are listed. */
export interface Listed {
  readonly client?: string | undefined;
  readonly connection?: string | undefined;
  readonly q?: string | undefined;
  readonly unused?: boolean | undefined;
}

/** What a new grant begins with. */
export interface Begun {
  readonly request?: string | undefined;
  readonly client?: string | undefined;
  readonly connection?: string | undefined;
}
