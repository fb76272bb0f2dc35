import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

/** `writ user list`. */
export function listUsers(makeCli: CliFactory): Command {
  const command = verb('list', { summary: 'Lists the users.', examples: ['writ user list'] });
  return paged(command).action(async (options: PageOptions) => {
    const cli = makeCli();
    showPage(cli, await cli.call('users.list', pageInput(options)), {
      empty: 'There are no users.',
      columns: {
        email: (user) => user.email,
        name: (user) => user.name,
        role: (user) => user.role,
        status: (user) => user.status,
        since: (user) => moment(user.created_at),
      },
    });
  });
}
