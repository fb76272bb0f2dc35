import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ env rename`. */
export function renameEnvironment(makeCli: CliFactory): Command {
  return verb('rename', {
    summary: 'Gives an environment another name; grants and guardrails that say the old one do not follow.',
    examples: ['writ env rename acme stage staging'],
  })
    .argument('<connection>')
    .argument('<environment>')
    .argument('<name>')
    .action(async (connection: string, environment: string, slug: string) => {
      const cli = makeCli();
      const renamed = await cli.call('environments.patch', { connection, environment, slug });
      cli.show(renamed, () => `${environment} of ${connection} is ${renamed.slug} now.`);
    });
}
