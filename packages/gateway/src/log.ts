/** The log of the gateway, in pino's shape. Fields never hold a token, a credential or an argument's value. */
export interface GatewayLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Returns what may be logged of an error: its kind, never its text, which could quote a request. */
export function errorKind(error: unknown): { readonly error: string; readonly error_code?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? { error: error.name, error_code: code } : { error: error.name };
}
