import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

/** `writ user passkeys`: one's own; a browser makes them. */
export function ownPasskeys(makeCli: CliFactory): Command {
  const command = verb('passkeys', {
    summary: 'Lists your own passkeys, or removes one.',
    examples: ['writ user passkeys', 'writ user passkeys --remove pky_...'],
    notes: 'A passkey is made in a browser. Removing one asks for your password.',
  }).option('--remove <id>', 'remove this passkey');
  return paged(command).action(async (options: PageOptions & { remove?: string }) => {
    const cli = makeCli();
    const { remove: id } = options;
    if (id !== undefined) {
      await cli.call('passkeys.delete', { id });
      cli.show({ id }, () => `The passkey ${id} is removed: nobody can sign in with it any more.`);
      return;
    }
    showPage(cli, await cli.call('passkeys.list', pageInput(options)), {
      empty: 'You have no passkeys. Sign in with a browser to make one.',
      columns: {
        id: (passkey) => passkey.id,
        name: (passkey) => passkey.name,
        since: (passkey) => moment(passkey.created_at),
        'last used': (passkey) => (passkey.last_used_at === null ? 'never' : moment(passkey.last_used_at)),
        'good here': (passkey) => (passkey.usable ? 'yes' : 'no: Writ had another host name'),
      },
    });
  });
}
