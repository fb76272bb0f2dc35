import { defined } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { orUnknown, type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';
import { stateText, whatText } from './text.ts';

interface Options extends PageOptions {
  readonly all?: boolean;
  readonly client?: string;
  readonly task?: string;
}

/** `writ allowances list`: what each would let pass, and how much of it is left. */
export function listAllowances(makeCli: CliFactory): Command {
  const command = verb('list', {
    summary: 'Lists what people have said yes to beforehand: what it lets pass, and how often still.',
    examples: ['writ allowances', 'writ allowances list --all --client my-agent'],
  });
  return paged(command)
    .option('--all', 'those too that have ended')
    .option('--client <client>', 'only those of this client')
    .option('--task <task>', 'only those of this task')
    .action(async (options: Options) => {
      const cli = makeCli();
      const { client, task, all = false } = options;
      const filter = { ...defined({ client_id: client, task_id: task }), open: all ? 'false' : 'true' } as const;
      const page = await cli.call('allowances.list', { ...filter, ...pageInput(options) });
      showPage(cli, await orUnknown(cli, page, { client, task }), {
        empty: all ? 'There are no such allowances.' : 'Nothing is allowed beforehand.',
        columns: {
          allowance: ({ id }) => id,
          client: ({ client_id }) => client_id,
          task: ({ task_id }) => task_id,
          'lets pass': ({ detail }) => whatText(detail),
          left: ({ left, uses }) => `${left} of ${uses}`,
          until: ({ expires_at }) => moment(expires_at),
          ...(all && { state: (item) => stateText(item, cli.now()) }),
        },
      });
    });
}
