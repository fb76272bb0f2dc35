import { CLIENT_KINDS, type ClientKind, defined } from '@writ/core';
import { type Command, Option } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

/** `writ client list`. */
export function listClients(makeCli: CliFactory): Command {
  const command = verb('list', {
    summary: 'Lists the clients.',
    examples: ['writ client list', 'writ client list --kind ci --q deploy'],
  });
  return paged(command)
    .addOption(new Option('--kind <kind>', 'only those of this kind').choices(CLIENT_KINDS))
    .option('--q <text>', 'only those with this in their id or name')
    .action(async (options: PageOptions & { kind?: ClientKind; q?: string }) => {
      const cli = makeCli();
      const { kind, q } = options;
      showPage(cli, await cli.call('clients.list', { ...defined({ kind, q }), ...pageInput(options) }), {
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
