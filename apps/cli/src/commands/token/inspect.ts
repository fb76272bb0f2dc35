import type { JsonObject } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { introspect } from '../../oauth.ts';
import { record } from '../../output/table.ts';
import { verb } from '../command.ts';
import { type IdentityOptions, identity, KEY_FILE, SECRET_FILE } from './identity.ts';
import { decoded, presentedToken, TOKEN_FILE } from './presented.ts';

interface Options extends IdentityOptions {
  readonly client?: string;
  readonly tokenFile?: string;
}

/** `writ token inspect`. */
export function inspectToken(makeCli: CliFactory): Command {
  return verb('inspect', {
    summary: 'Shows what an access token says, and what the broker says of it.',
    examples: [
      'writ token inspect',
      'writ token inspect --token-file token --client my-agent --secret-file my-agent.secret',
      'echo "$TOKEN" | writ token inspect --stdin',
    ],
    notes:
      "Without --client the token is only read: nothing that it says is verified. With it the broker is asked, as that\nclient: it answers about the client's own tokens, and about those of others if the client may introspect them.",
  })
    .option(...TOKEN_FILE)
    .option('--client <client>', 'ask the broker, as this client')
    .option(...SECRET_FILE)
    .option(...KEY_FILE)
    .action((options: Options) => run(makeCli(), options));
}

async function run(cli: Cli, options: Options): Promise<void> {
  const { client } = options;
  if (client === undefined && (options.secretFile ?? options.keyFile) !== undefined)
    throw usage('Say with --client whose secret or key it is.');
  const token = await presentedToken(cli, options);
  const said = decoded(token);
  if (client === undefined) return cli.show(said, () => saidText(said, cli.out.width));
  const form = new URLSearchParams({ token: token.expose(), token_type_hint: 'access_token' });
  const introspection = await introspect(cli, { form, ...(await identity(cli, client, options)) });
  cli.show({ ...said, introspection }, () => `${saidText(said, cli.out.width)}\n\n${brokerText(introspection, cli)}`);
}

function saidText({ header, claims }: { readonly header: JsonObject; readonly claims: JsonObject }, width: number) {
  return `The token says, and nothing of it is verified:\n${record(fieldsOf({ ...header, ...claims }), width)}`;
}

function brokerText(introspection: Readonly<Record<string, unknown>>, cli: Cli): string {
  const { active, ...rest } = introspection;
  if (active !== true)
    return 'The broker says: not active. It is wrong, expired, revoked or frozen, or not for this client to see.';
  return `The broker says: active now.\n${record(fieldsOf(rest), cli.out.width)}`;
}

const MOMENTS = ['iat', 'nbf', 'exp'];

function fieldsOf(members: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, textOf(name, value)]));
}

function textOf(name: string, value: unknown): string {
  if (MOMENTS.includes(name) && typeof value === 'number' && Math.abs(value) < 8.64e12)
    return new Date(value * 1000).toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
