import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

/** `writ client list`. */
export function listClients(makeCli: CliFactory): Command {
  const command = verb('list', { summary: 'Lists the clients.', examples: ['writ client list'] });
  return paged(command).action(async (options: PageOptions) => {
    const cli = makeCli();
    showPage(cli, await cli.call('clients.list', pageInput(options)), {
      empty: 'There are no clients. Add one with `writ client create my-agent`.',
      columns: {
        client: (client) => client.client_id,
        kind: (client) => client.kind,
        name: (client) => client.name,
        'signs in by': (client) => client.auth.method,
        made: (client) => moment(client.created_at),
        state: (client) => (client.disabled_at === null ? 'enabled' : 'disabled'),
      },
    });
  });
}
