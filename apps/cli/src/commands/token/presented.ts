import { isJsonObject, type JsonObject, Secret } from '@writ/core';
import type { Cli } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { checkToken } from '../../input/answers.ts';
import { readSecretFile } from '../../input/secret-file.ts';

/** The option by which a token is given, as commander takes it: never as an argument, where everybody on the machine sees it. */
export const TOKEN_FILE = ['--token-file <file>', 'read the access token from this file'] as const;

/** Reads the access token: from the file, else asked for without being shown. */
export async function presentedToken(cli: Cli, options: { readonly tokenFile?: string }): Promise<Secret> {
  if (options.tokenFile !== undefined) return await readSecretFile(options.tokenFile);
  return new Secret((await cli.prompt.secret('The access token', checkToken)).trim(), 'access token');
}

/** The claims of a token, unverified. Throws a `Failure` for a text that is not a JWT. */
export function decoded(token: Secret): { readonly header: JsonObject; readonly claims: JsonObject } {
  const [header, claims, signature, ...more] = token.expose().split('.').map(objectOf);
  if (header == null || claims == null || signature === undefined || more.length > 0) {
    throw usage('That is no access token: three parts with dots between them, the first two JSON in base64url.');
  }
  return { header, claims };
}

function objectOf(part: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
