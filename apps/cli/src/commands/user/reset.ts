import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { runServer } from '../../server-process.ts';
import { verb } from '../command.ts';
import { userId } from './find.ts';

/** `writ user reset`: a one-time link for somebody who cannot sign in. */
export function resetUser(makeCli: CliFactory): Command {
  return verb('reset', {
    summary:
      'Makes a one-time link with which a user chooses a new password; ends their sessions, and removes their passkeys.',
    examples: ['writ user reset sam@example.com', 'writ user reset jo@example.com --local'],
    notes:
      '--local works on the machine of the broker, with its settings (WRIT_DATA_DIR or DATABASE_URL, WRIT_KEY_FILE),\nfor an owner who is locked out. With the embedded database, stop the broker first.',
  })
    .argument('<user>', 'e-mail address, or id')
    .option('--local', 'ask the database on this machine, not the broker')
    .action(async (named: string, options: { local?: boolean }) => {
      const cli = makeCli();
      if (options.local === true) process.exitCode = await runServer(['user', 'reset', named]);
      else await remotely(cli, named);
    });
}

async function remotely(cli: Cli, named: string): Promise<void> {
  const made = await cli.call('users.reset', { id: await userId(cli, named) });
  cli.show(made, () => `Give ${named} this link; it is good once, until ${moment(made.expires_at)}:\n${made.link}`);
}
