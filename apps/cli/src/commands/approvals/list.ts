import { defined } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { oneOf, orUnknown, type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';
import type { Approval } from './text.ts';

const STATES = ['pending', 'approved', 'used', 'denied', 'expired', 'cancelled'] as const;

interface Options extends PageOptions {
  readonly state?: Approval['state'];
  readonly client?: string;
  readonly task?: string;
}

/** `writ approvals list`. */
export function listApprovals(makeCli: CliFactory): Command {
  const command = verb('list', {
    summary: "Lists requests for a human's yes, newest first.",
    examples: ['writ approvals', 'writ approvals list --state pending', 'writ approvals list --client my-agent'],
  })
    .option('--state <state>', `one of ${STATES.join(', ')}`, oneOf(STATES))
    .option('--client <client>', 'of this client')
    .option('--task <task>', 'of this task');
  return paged(command).action(async (options: Options) => {
    const cli = makeCli();
    const { state, client, task } = options;
    const filter = defined({ state, client_id: client, task_id: task });
    const page = await cli.call('approvals.list', { ...pageInput(options), ...filter });
    showPage(cli, await orUnknown(cli, page, { client, task }), {
      empty: 'Nobody asks for a yes.',
      columns: {
        approval: ({ id }) => id,
        state: (item) => item.state,
        client: ({ client_id }) => client_id,
        operations: ({ operations }) => operations,
        asked: ({ created_at }) => moment(created_at),
      },
    });
  });
}
