import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ freeze off`. */
export function freezeOff(makeCli: CliFactory): Command {
  return verb('off', { summary: 'Lifts a freeze.', examples: ['writ freeze off frz_01jd...'] })
    .argument('<freeze>', 'its id, as `writ freeze list` shows it')
    .action(async (id: string) => {
      const cli = makeCli();
      await cli.call('freeze.delete', { id });
      cli.show({ id }, () => `${id} is lifted.`);
    });
}
