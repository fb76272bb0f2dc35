import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ connections remove`. */
export function removeConnection(makeCli: CliFactory): Command {
  return verb('remove', {
    summary: 'Removes a connection and erases its credentials; its name is never used again.',
    examples: ['writ connections remove acme'],
  })
    .argument('<connection>')
    .action(async (connection: string) => {
      const cli = makeCli();
      await cli.agree(`Remove ${connection}, erase its credentials and never use the name again?`);
      await cli.call('connections.delete', { connection });
      cli.show({ connection }, () => `${connection} is removed, and its credentials are erased.`);
    });
}
