import type { OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { orUnknown, type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

interface Options extends PageOptions {
  readonly all?: boolean;
  readonly client?: string;
  readonly task?: string;
}

/** `writ holds list`. */
export function listHolds(makeCli: CliFactory): Command {
  const command = verb('list', {
    summary: 'Lists the requests that wait for their time before they are sent.',
    examples: ['writ holds', 'writ holds list --all --client my-agent'],
  });
  return paged(command)
    .option('--all', 'those too that have ended')
    .option('--client <client>', 'only those of this client')
    .option('--task <task>', 'only those of this task')
    .action(async (options: Options) => {
      const cli = makeCli();
      const filter = defined({ client_id: options.client, task_id: options.task });
      const open = options.all === true ? 'false' : 'true';
      const page = await cli.call('holds.list', { ...filter, open, ...pageInput(options) });
      showPage(cli, await orUnknown(cli, page, options), {
        empty: options.all === true ? 'There are no such holds.' : 'Nothing waits for its time.',
        columns: {
          hold: (hold) => hold.id,
          client: (hold) => hold.client_id,
          connection: (hold) => hold.connection,
          operations: (hold) => hold.operations.join(', '),
          state: (hold) => stateOf(hold),
          'sent at': (hold) => (hold.executes_at === null ? undefined : moment(hold.executes_at)),
        },
      });
    });
}

/** The state of a hold in a word. */
export function stateOf({ state, waits_for_release }: OutputOf<'holds.get'>): string {
  if (state === 'claimed') return 'being sent';
  return state === 'waiting' && waits_for_release ? 'waits for release' : state;
}
