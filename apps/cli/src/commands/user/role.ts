import { ROLES } from '@writ/api';
import { Argument, type Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';
import { userId } from './find.ts';

/** `writ user role`. */
export function changeRole(makeCli: CliFactory): Command {
  return verb('role', { summary: "Changes a user's role.", examples: ['writ user role sam@example.com admin'] })
    .argument('<user>', 'e-mail address or id')
    .addArgument(new Argument('<role>', 'the new role').choices(ROLES))
    .action(async (named: string, role: (typeof ROLES)[number]) => {
      const cli = makeCli();
      const user = await cli.call('users.patch', { id: await userId(cli, named), role });
      cli.show(user, () => `${user.email} is now ${user.role}.`);
    });
}
