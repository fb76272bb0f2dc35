import { DETAIL_TYPE, type Detail, inert } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { scopesOf } from '../../input/scope.ts';
import { type Answer, askToken, issuerOf } from '../../oauth.ts';
import { duration, wrap } from '../../output/text.ts';
import { seconds, several, verb } from '../command.ts';
import { type IdentityOptions, identity, KEY_FILE, SECRET_FILE } from './identity.ts';

interface Options extends IdentityOptions {
  readonly task?: string;
  readonly taskId?: string;
  readonly only?: string[];
  readonly expiresIn?: number;
  readonly resource?: string;
  readonly raw?: boolean;
}

/** `writ token request`, or `writ token` alone: asks for an access token, as a client. */
export function requestToken(makeCli: CliFactory): Command {
  return verb('request', {
    summary: 'Asks for an access token, as a client, for a task.',
    examples: [
      'writ token my-agent --task "add a custom domain to staging"',
      'writ token my-agent --task "release 1.4" --only \'railway/staging/deployment*\' --expires-in 10m',
      'export TOKEN=$(writ token my-agent --secret-file my-agent.secret --task "nightly check" --raw)',
      'writ token deploy --key-file deploy.key.json --task "deploy"',
    ],
    notes:
      "The client's secret is asked for without being shown, or read from --secret-file; a client with a key of its own\ngives --key-file. Without --only the token covers what the client is granted.",
  })
    .argument('<client>', 'its id')
    .option('--task <purpose>', 'what the token is for, in a sentence that people will read')
    .option('--task-id <task>', 'a live task of this client to go on with')
    .option('--only <piece>', 'less than all it is granted: connection/environment/operations (several times)', several)
    .option('--expires-in <duration>', 'how long it is good (default 15m)', seconds)
    .option('--resource <for>', 'what it is for: gateway, a connection, or api (automation clients only)')
    .option(...SECRET_FILE)
    .option(...KEY_FILE)
    .option('--raw', 'print the token and nothing else')
    .action((clientId: string, options: Options) => run(makeCli(), clientId, options));
}

async function run(cli: Cli, clientId: string, options: Options): Promise<void> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  const put = (name: string, value: string | undefined): void =>
    value === undefined ? undefined : form.set(name, value);
  put('task', options.task);
  put('task_id', options.taskId);
  put('expires_in', options.expiresIn?.toString());
  if (options.resource !== undefined) put('resource', resourceOf(options.resource, await issuerOf(cli)));
  put('authorization_details', options.only === undefined ? undefined : JSON.stringify(detailsOf(options.only)));
  const answer = await askToken(cli, { form, ...(await identity(cli, clientId, options)) });
  if (options.raw === true) return cli.out.write(answer.access_token);
  cli.show(answer, () => tokenText(answer, cli.out.width));
}

function resourceOf(wanted: string, issuer: string): string {
  if (wanted === 'api') return `${issuer}/api/v1`;
  return wanted === 'gateway' ? `${issuer}/gateway` : `${issuer}/gateway/${wanted}`;
}

function detailsOf(pieces: readonly string[]): Detail[] {
  return scopesOf(pieces).map((scope) => ({ type: DETAIL_TYPE, ...scope }));
}

function tokenText(answer: Answer, width: number): string {
  const covers = answer.authorization_details.flatMap((detail) =>
    detail.environments.map((environment) => `${detail.connection}/${environment}: ${detail.operations.join(', ')}`),
  );
  return [
    `Good for ${duration(answer.expires_in)}${answer.task_id === undefined ? '' : `, task ${answer.task_id}`}. It covers:`,
    ...covers.flatMap((line) => wrap(inert(line), width - 2).map((part) => `  ${part}`)),
    '',
    answer.access_token,
  ].join('\n');
}
