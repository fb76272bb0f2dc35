import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';
import { userId } from './find.ts';

/** `writ user remove`. */
export function removeUser(makeCli: CliFactory): Command {
  return verb('remove', {
    summary: 'Removes a user and ends their sessions.',
    examples: ['writ user remove sam@example.com'],
  })
    .argument('<user>', 'e-mail address or id')
    .action(async (named: string) => {
      const cli = makeCli();
      await cli.agree(`Remove ${named}?`);
      const id = await userId(cli, named);
      await cli.call('users.delete', { id });
      cli.show({ id }, () => `${named} is removed.`);
    });
}
