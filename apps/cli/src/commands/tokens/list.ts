import { defined } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { oneOf, orUnknown, type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

const STATES = ['live', 'expired', 'revoked'] as const;

interface Options extends PageOptions {
  readonly client?: string;
  readonly task?: string;
  readonly status?: (typeof STATES)[number];
}

/** `writ tokens list`. */
export function listTokens(makeCli: CliFactory): Command {
  const command = verb('list', {
    summary: 'Lists the access tokens that were issued; never the tokens themselves.',
    examples: ['writ tokens list --status live', 'writ tokens list --client my-agent'],
  });
  return paged(command)
    .option('--client <client>', 'only those of this client')
    .option('--task <task>', 'only those of this task')
    .option('--status <status>', `one of ${STATES.join(', ')}`, oneOf(STATES))
    .action(async (options: Options) => {
      const cli = makeCli();
      const filter = defined({ client_id: options.client, task_id: options.task, status: options.status });
      const page = await cli.call('tokens.list', { ...filter, ...pageInput(options) });
      showPage(cli, await orUnknown(cli, page, options), {
        empty: 'There are no such tokens.',
        columns: {
          token: (token) => token.jti,
          client: (token) => token.client_id,
          status: (token) => token.status,
          expires: (token) => moment(token.expires_at),
          task: (token) => token.task_id,
        },
      });
    });
}
