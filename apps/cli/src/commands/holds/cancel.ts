import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ holds cancel`. */
export function cancelHold(makeCli: CliFactory): Command {
  return verb('cancel', {
    summary: 'Takes a request back before it is sent.',
    examples: ['writ holds cancel hld_01jd...'],
  })
    .argument('<hold>', 'its id, as `writ holds list` shows it')
    .action(async (id: string) => {
      const cli = makeCli();
      const hold = await cli.call('holds.cancel', { id });
      cli.show(hold, () => `${hold.id} is cancelled: ${hold.operations.join(', ')} will not be sent.`);
    });
}
