/** Returns the code of an error of Node or the operating system (`ENOENT`); undefined if it has none. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
