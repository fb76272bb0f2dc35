import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ allowances delete`. */
export function deleteAllowance(makeCli: CliFactory): Command {
  return verb('delete', {
    summary: 'Ends what was allowed beforehand; takes no password, since it tightens.',
    examples: ['writ allowances delete alw_01jd...'],
  })
    .argument('<allowance>', 'its id')
    .action(async (id: string) => {
      const cli = makeCli();
      await cli.call('allowances.delete', { id });
      cli.show({ id, deleted: true }, () => `${id} has ended: a human is asked again each time.`);
    });
}
