import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

/** `writ connections list`. */
export function listConnections(makeCli: CliFactory): Command {
  const command = verb('list', { summary: 'Lists the connections.', examples: ['writ connections list'] });
  return paged(command).action(async (options: PageOptions) => {
    const cli = makeCli();
    showPage(cli, await cli.call('connections.list', pageInput(options)), {
      empty: 'There are no connections. Add one with `writ connect`.',
      columns: {
        slug: (item) => item.slug,
        provider: (item) => item.provider,
        'base url': (item) => item.base_url,
        credential: (item) => item.credentials.map((credential) => `${credential.kind} ${credential.status}`),
      },
    });
  });
}
