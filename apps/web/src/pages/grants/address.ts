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
