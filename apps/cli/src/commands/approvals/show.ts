import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';
import { approvalPage } from './text.ts';

/** `writ approvals show`. */
export function showApproval(makeCli: CliFactory): Command {
  return verb('show', {
    summary: "Shows a request for a human's yes: who asks, what it would do, and every byte that would be sent.",
    examples: ['writ approvals show apr_01jd...'],
  })
    .argument('<approval>', 'its id')
    .action(async (id: string) => {
      const cli = makeCli();
      const view = await cli.call('approvals.get', { id });
      cli.show(view, () => cli.called(approvalPage(view, cli.out.width)));
    });
}
