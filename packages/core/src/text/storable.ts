/** Tells whether a database can hold a text: Postgres knows no NUL, and UTF-8 no half of a surrogate pair. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * Finds the first text that no database can hold in a JSON value, names of members included. Returns the path to it, empty for the
 * value itself; `undefined` where there is none.
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
