/** Tells whether a database can hold a text: Postgres does not store NUL, and UTF-8 cannot encode half of a surrogate pair. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * Finds in a JSON value the first text, or name of a member, that no database can hold. Returns its path, empty for the value itself;
 * `undefined` if there is none.
 */
export function unstorablePath(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return isStorableText(value) ? undefined : [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (!isStorableText(name)) return [];
    const inner = unstorablePath(member);
    if (inner !== undefined) return [name, ...inner];
  }
  return undefined;
}
