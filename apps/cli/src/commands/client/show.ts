import type { OutputOf } from '@writ/api';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { record, table } from '../../output/table.ts';
import { moment } from '../../output/text.ts';
import { verb } from '../command.ts';
import { GRANT_COLUMNS } from '../grant/list.ts';

/** `writ client show`: the client, and what it is granted. */
export function showClient(makeCli: CliFactory): Command {
  return verb('show', { summary: 'Shows a client, and what it is granted.', examples: ['writ client show my-agent'] })
    .argument('<client>')
    .action(async (id: string) => {
      const cli = makeCli();
      const client = await cli.call('clients.get', { id });
      if (cli.globals.json === true) return cli.show(client, () => '');
      const { items } = await cli.call('grants.list', { client_id: id, limit: 1000 });
      const grants = items.length === 0 ? 'It is granted nothing.' : table(items, GRANT_COLUMNS, cli.out.width);
      cli.show(client, () => `${clientFields(cli, client)}\n\n${grants}`);
    });
}

/** A client as names and values. */
function clientFields(cli: Cli, client: OutputOf<'clients.get'>): string {
  return record(
    {
      client: client.client_id,
      name: client.name,
      kind: client.kind,
      'signs in by': client.auth.method,
      'must name a task': client.require_task,
      state: client.disabled_at === null ? 'enabled' : `disabled since ${moment(client.disabled_at)}`,
      made: moment(client.created_at),
    },
    cli.out.width,
  );
}
