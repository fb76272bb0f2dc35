import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';
import { quotedRequest } from './text.ts';

/** `writ approvals look`. */
export function look(makeCli: CliFactory): Command {
  return verb('look', {
    summary: 'Shows a whole request that waits, its secret arguments too. The log keeps who looked.',
    examples: ['writ approvals look apr_01jd...'],
  })
    .argument('<approval>', 'its id')
    .action(async (id: string) => {
      const cli = makeCli();
      const whole = await cli.call('approvals.look', { id });
      cli.show(whole, () => quotedRequest(whole.request, cli.out.width).join('\n'));
    });
}
