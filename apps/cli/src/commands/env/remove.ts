import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ env remove`. */
export function removeEnvironment(makeCli: CliFactory): Command {
  return verb('remove', {
    summary: 'Forgets an environment; calls that reach it are refused from then on.',
    examples: ['writ env remove acme old-staging'],
  })
    .argument('<connection>')
    .argument('<environment>')
    .action(async (connection: string, environment: string) => {
      const cli = makeCli();
      await cli.agree(`Forget ${environment} of ${connection}? Nothing changes at the provider.`);
      await cli.call('environments.delete', { connection, environment });
      cli.show(
        { connection, environment },
        () => `${environment} of ${connection} is forgotten; calls that reach it are refused.`,
      );
    });
}
