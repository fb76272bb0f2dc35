import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { askToken, awaitToken } from '../../oauth.ts';
import { seconds, several, verb } from '../command.ts';
import { type IdentityOptions, identity, KEY_FILE, SECRET_FILE } from './identity.ts';
import { type OrderOptions, putOrder, showToken } from './order.ts';

type Options = IdentityOptions & OrderOptions & { readonly wait?: number };

/** `writ token request`, or `writ token` alone: asks for an access token, as a client. */
export function requestToken(makeCli: CliFactory): Command {
  return verb('request', {
    summary: 'Asks for an access token, as a client, for a task.',
    examples: [
      'writ token my-agent --task "add a custom domain to staging"',
      'writ token my-agent --task "release 1.4" --only \'acme/staging/deploy*\' --expires-in 10m',
      'export TOKEN=$(writ token my-agent --secret-file my-agent.secret --task "nightly check" --raw)',
      'writ token deploy --key-file deploy.key.json --task "deploy"',
      'writ token my-agent --task "read the keys" --only \'acme/production/variables:reveal\' --wait 10m',
    ],
    notes:
      "The client's secret is asked for without being shown, or read from --secret-file; a client with a key of its own\ngives --key-file. Without --only the token covers what the client is granted. With --wait a human is\nasked for what it is not granted.",
  })
    .argument('<client>', 'its id')
    .option('--task <purpose>', 'what the token is for, in a sentence that people will read')
    .option('--task-id <task>', 'a live task of this client to go on with')
    .option('--only <piece>', 'less than all it is granted: connection/environment/operations (several times)', several)
    .option('--expires-in <duration>', 'how long it is good (default 15m)', seconds)
    .option('--resource <for>', 'what it is for: gateway, a connection, or api (automation clients only)')
    .option('--wait <duration>', 'ask a human for what no grant covers, and wait so long for the answer', seconds)
    .option(...SECRET_FILE)
    .option(...KEY_FILE)
    .option('--raw', 'print the token and nothing else')
    .action((clientId: string, options: Options) => run(makeCli(), clientId, options));
}

async function run(cli: Cli, clientId: string, options: Options): Promise<void> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  await putOrder(cli, form, options);
  const request = { form, ...(await identity(cli, clientId, options)) };
  const answer =
    options.wait === undefined ? await askToken(cli, request) : await awaitToken(cli, request, options.wait);
  showToken(cli, answer, options);
}
