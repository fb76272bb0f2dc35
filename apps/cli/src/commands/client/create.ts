import { readFile } from 'node:fs/promises';
import type { ClientAuth, OutputOf } from '@writ/api';
import { defined, JsonError, parseJsonObjectStrictly, Secret } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { makeClientKey } from '../../input/client-key.ts';
import { withNewSecretFile } from '../../input/secret-file.ts';
import { oneOf, several, verb } from '../command.ts';
import { CI_NAMES, type PolicyOptions, policyOf } from './policy.ts';

const KINDS = ['agent', 'ci', 'automation'] as const;

interface Options extends PolicyOptions {
  readonly kind?: (typeof KINDS)[number];
  readonly name?: string;
  readonly out?: string;
  readonly newKey?: string;
  readonly jwks?: string;
  readonly requireTask?: boolean;
  readonly delegable?: boolean;
  readonly introspect?: boolean;
  readonly signingAlg?: 'ES256' | 'RS256';
}

/** `writ client create`. */
export function createClient(makeCli: CliFactory): Command {
  return verb('create', {
    summary: 'Adds a client. Its secret is told once.',
    examples: [
      'writ client create my-agent',
      'writ client create my-agent --out my-agent.secret',
      'writ client create deploy --kind ci --new-key deploy.key.json',
      'writ client create deploy --ci github_actions --pin repository_id=456789 --pin environment=production',
    ],
    notes:
      "A client is an agent, a CI job or an automation (an admin's script, which may use the admin API itself).\nIt may do nothing until it is granted something. With --new-key no secret exists: a private key is made here and\nonly its public half is sent. With --ci there is no secret either: jobs of that system are known by their own tokens.",
  })
    .argument('<client>', 'its id: lower-case letters, digits and inner . _ -')
    .option('--kind <kind>', `one of ${KINDS.join(', ')} (default agent, with --ci ci)`, oneOf(KINDS))
    .option('--name <name>', 'what people call it (default: its id)')
    .option('--out <file>', 'write the secret to this new file, mode 600, and do not print it')
    .option('--new-key <file>', 'make a private key in this new file, mode 600, in the place of a secret')
    .option('--jwks <file>', 'register these public keys (a JWK Set) in the place of a secret')
    .option('--require-task', 'it must say what it asks tokens for')
    .option('--no-delegable', 'its tokens cannot be exchanged: its grants do not survive delegation')
    .option('--ci <system>', `its jobs prove themselves by tokens of ${CI_NAMES.join(', ')}`, oneOf(CI_NAMES))
    .option('--issuer <url>', 'with --ci: the issuer, where the system has several')
    .option('--audience <text>', 'with --ci: the audience (default: <issuer of Writ>/ci/<client>)')
    .option('--pin <name=value>', 'with --ci: a claim that must have this value (several times)', several)
    .option('--allow-private-network', 'with --ci: the issuer may have a private address')
    .option('--introspect', 'it may ask what the tokens of others are good for')
    .option('--signing-alg <alg>', 'sign its tokens with ES256 (default) or RS256', oneOf(['ES256', 'RS256']))
    .action((clientId: string, options: Options) => run(makeCli(), clientId, options));
}

async function run(cli: Cli, clientId: string, options: Options): Promise<void> {
  if ([options.out, options.newKey, options.jwks, options.ci].filter((given) => given !== undefined).length > 1) {
    throw usage('Give at most one of --out, --new-key, --jwks and --ci.');
  }
  await withNewSecretFile(options.out ?? options.newKey, async (keep) => {
    const auth = options.ci === undefined ? await authOf(options, keep) : await policyOf(cli, clientId, options);
    const made = await cli.call('clients.create', {
      client_id: clientId,
      kind: options.kind ?? (options.ci === undefined ? 'agent' : 'ci'),
      name: options.name ?? clientId,
      auth,
      ...defined({
        require_task: options.requireTask,
        delegable: options.delegable === false ? false : undefined,
        scopes: options.introspect === true ? ['writ:introspect' as const] : undefined,
        access_token_signing_alg: options.signingAlg,
      }),
    });
    if (options.out !== undefined && made.client_secret !== undefined)
      await keep(new Secret(made.client_secret, 'client secret'));
    const { client_secret: _kept, ...public_part } = made;
    cli.show(options.out === undefined ? made : public_part, () => cli.called(madeText(made, options)));
  });
}

async function authOf(options: Options, keep: (secret: Secret) => Promise<void>): Promise<ClientAuth> {
  if (options.jwks !== undefined) return { method: 'private_key_jwt', jwks: await readJwks(options.jwks) };
  if (options.newKey === undefined) return { method: 'client_secret_basic' };
  const { secret, jwk } = makeClientKey();
  await keep(secret);
  return { method: 'private_key_jwt', jwks: { keys: [jwk] } };
}

type Jwks = Extract<ClientAuth, { method: 'private_key_jwt' }>['jwks'];

async function readJwks(path: string): Promise<Jwks> {
  const text = await readFile(path, 'utf8');
  try {
    const value = parseJsonObjectStrictly(text);
    // The broker checks the keys themselves, and names the field.
    return (Object.hasOwn(value, 'keys') ? value : { keys: [value] }) as unknown as Jwks;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw usage(`${path} ${error.message}: it must hold a JWK Set, a JSON object with an array \`keys\`.`);
  }
}

function madeText(made: OutputOf<'clients.create'>, options: Options): string {
  const head = `The client ${made.client_id} (${made.kind}) is made. It may do nothing until you grant it something:`;
  const next = `  writ grant ${made.client_id} CONNECTION/ENVIRONMENT/OPERATIONS`;
  if (options.newKey !== undefined) return `${head}\n${next}\nIts private key is in ${options.newKey}.`;
  if (options.out !== undefined) return `${head}\n${next}\nIts secret is in ${options.out}.`;
  if (made.client_secret === undefined) return `${head}\n${next}`;
  return `${head}\n${next}\nIts secret, told this once:\n${made.client_secret}`;
}
