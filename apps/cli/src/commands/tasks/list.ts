import { defined } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { oneOf, orUnknown, type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

const STATES = ['live', 'ended'] as const;

interface Options extends PageOptions {
  readonly client?: string;
  readonly status?: (typeof STATES)[number];
}

/** `writ tasks list`. */
export function listTasks(makeCli: CliFactory): Command {
  const command = verb('list', {
    summary: 'Lists the tasks that tokens were asked for.',
    examples: ['writ tasks list --status live'],
  });
  return paged(command)
    .option('--client <client>', 'only those of this client')
    .option('--status <status>', `one of ${STATES.join(', ')}`, oneOf(STATES))
    .action(async (options: Options) => {
      const cli = makeCli();
      const filter = defined({ client_id: options.client, status: options.status });
      const page = await cli.call('tasks.list', { ...filter, ...pageInput(options) });
      showPage(cli, await orUnknown(cli, page, options), {
        empty: 'There are no such tasks.',
        columns: {
          task: (task) => task.id,
          client: (task) => task.client_id,
          purpose: (task) => task.purpose,
          status: (task) => task.status,
          'last token': (task) => moment(task.last_token_at),
        },
      });
    });
}
