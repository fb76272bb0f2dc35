import { Secret } from '@writ/core';
import type { Cli } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { checkToken } from '../../input/answers.ts';
import { clientAssertion, readClientKey } from '../../input/client-key.ts';
import { readSecretFile } from '../../input/secret-file.ts';
import type { Identity } from '../../oauth.ts';

/** Where a client's secret or key is. */
export interface IdentityOptions {
  readonly secretFile?: string;
  readonly keyFile?: string;
}

/** The options by which a client proves itself, as commander takes them. */
export const SECRET_FILE = ['--secret-file <file>', 'read the secret from this file'] as const;
export const KEY_FILE = ['--key-file <file>', 'sign in with this private key (JWK or PEM)'] as const;

/** How the client proves itself: with its key, else with its secret. */
export async function identity(cli: Cli, clientId: string, options: IdentityOptions): Promise<Identity> {
  if (options.keyFile !== undefined && options.secretFile !== undefined)
    throw usage('Give --key-file or --secret-file, not both.');
  if (options.keyFile !== undefined) {
    const key = await readClientKey(options.keyFile);
    return { assertion: (issuer: string) => clientAssertion(key, { client_id: clientId, issuer, now: cli.now() }) };
  }
  const secret =
    options.secretFile === undefined
      ? new Secret((await cli.prompt.secret(`The secret of ${clientId}`, checkToken)).trim(), 'client secret')
      : await readSecretFile(options.secretFile);
  return { basic: { clientId, secret } };
}
