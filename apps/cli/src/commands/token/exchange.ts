import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { askToken } from '../../oauth.ts';
import { oneOf, seconds, several, verb } from '../command.ts';
import { type IdentityOptions, identity, KEY_FILE, SECRET_FILE } from './identity.ts';
import { type OrderOptions, putOrder, showToken } from './order.ts';
import { presentedToken, TOKEN_FILE } from './presented.ts';

const KINDS = ['ci', 'access'] as const;

interface Options extends IdentityOptions, OrderOptions {
  readonly from: (typeof KINDS)[number];
  readonly tokenFile?: string;
}

const TYPES = {
  ci: 'urn:ietf:params:oauth:token-type:jwt',
  access: 'urn:ietf:params:oauth:token-type:access_token',
} as const;

/** `writ token exchange`: a job's own token, or another access token, for an access token (RFC 8693). */
export function exchangeToken(makeCli: CliFactory): Command {
  return verb('exchange', {
    summary: "Exchanges a CI job's own token, or another access token, for an access token.",
    examples: [
      'writ token exchange deploy --token-file ci-token --raw',
      'echo "$CI_TOKEN" | writ token exchange deploy --stdin --raw',
      "writ token exchange helper --from access --token-file parent --secret-file helper.secret --only 'acme/staging/*:read'",
    ],
    notes:
      'A job proves itself by its token alone: <client> names the trust policy, and there is no secret. With --from access\n<client> is to act with a token of another client, and proves itself; the token it gets is at most as good.',
  })
    .argument('<client>', 'its id')
    .option('--from <kind>', 'what is exchanged: ci or access', oneOf(KINDS), 'ci')
    .option(...TOKEN_FILE)
    .option('--task <purpose>', 'what a job wants it for, in a sentence that people will read')
    .option('--only <piece>', 'less than all it may have: connection/environment/operations (several times)', several)
    .option('--expires-in <duration>', 'how long it is good; never longer than the one exchanged', seconds)
    .option('--resource <for>', 'what it is for: gateway, or a connection')
    .option(...SECRET_FILE)
    .option(...KEY_FILE)
    .option('--raw', 'print the token and nothing else')
    .action((clientId: string, options: Options) => run(makeCli(), clientId, options));
}

async function run(cli: Cli, clientId: string, options: Options): Promise<void> {
  const token = await presentedToken(cli, options);
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    client_id: clientId,
    subject_token: token.expose(),
    subject_token_type: TYPES[options.from],
  });
  await putOrder(cli, form, options);
  const proof = options.from === 'ci' ? {} : await identity(cli, clientId, options);
  showToken(cli, await askToken(cli, { form, ...proof }), options);
}
