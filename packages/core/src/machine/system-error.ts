/** The code by which Node and the operating system name an error (`ENOENT`); undefined for what has none. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
