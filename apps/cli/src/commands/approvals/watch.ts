import { setTimeout as sleep } from 'node:timers/promises';
import { followEvents } from '@writ/api';
import { defined, inert } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ approvals watch`: what is asked and answered, as it happens. */
export function watchApprovals(makeCli: CliFactory): Command {
  return verb('watch', {
    summary: 'Shows what waits for a yes, then what is asked and answered as it happens, until it is stopped.',
    examples: ['writ approvals watch', 'writ approvals watch --json'],
  }).action(async () => {
    const cli = makeCli();
    await showWaiting(cli);
    const events = followEvents({
      open: (after) => cli.call('events.stream', { kinds: 'approval', ...defined({ after }) }),
      wait: (ms) => sleep(ms),
    });
    for await (const event of events) {
      const { at, kind, client_id, connection, operations = [], approval_id } = event;
      const words = [
        at.slice(11, 19),
        kind.replace('approval.', ''),
        approval_id,
        client_id,
        connection,
        ...operations,
      ];
      const isAsked = kind === 'approval.requested' || kind === 'approval.expiring';
      const next = isAsked ? `\n  writ approvals show ${approval_id ?? ''}` : '';
      cli.show(event, () => cli.called(`${inert(words.filter((word) => word !== undefined).join(' '))}${next}`));
    }
  });
}

/** What waits already: nobody would hear of it again. */
async function showWaiting(cli: Cli): Promise<void> {
  const { items } = await cli.call('approvals.list', { state: 'pending' });
  for (const item of items) {
    const words = [
      item.created_at.slice(11, 19),
      'waits',
      item.id,
      item.client_id,
      item.connection ?? '',
      ...item.operations,
    ];
    cli.show(item, () => cli.called(`${inert(words.join(' '))}\n  writ approvals show ${item.id}`));
  }
}
