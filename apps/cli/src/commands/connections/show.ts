import type { OutputOf } from '@writ/api';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { record } from '../../output/table.ts';
import { moment } from '../../output/text.ts';
import { verb } from '../command.ts';

/** `writ connections show`. */
export function showConnection(makeCli: CliFactory): Command {
  return verb('show', {
    summary: 'Shows a connection; never its credential.',
    examples: ['writ connections show acme'],
  })
    .argument('<connection>')
    .action(async (connection: string) => {
      const cli = makeCli();
      const found = await cli.call('connections.get', { connection });
      cli.show(found, () => connectionFields(cli, found));
    });
}

/** A connection as names and values. */
export function connectionFields(cli: Cli, connection: OutputOf<'connections.get'>): string {
  const credentials = connection.credentials.map((credential, index) => [
    connection.credentials.length === 1 ? 'credential' : `credential ${index + 1}`,
    credentialText(credential),
  ]);
  return record(
    {
      connection: connection.slug,
      provider: connection.provider,
      'base url': connection.base_url,
      gateway: `/gateway/${connection.slug}/...`,
      'belongs to': connection.identity,
      reaches: connection.reach,
      ...Object.fromEntries(credentials),
      created: moment(connection.created_at),
    },
    cli.out.width,
  );
}

function credentialText(credential: OutputOf<'connections.get'>['credentials'][number]): string {
  const bound = credential.environments === null ? 'every environment' : credential.environments.join(', ');
  return `${credential.kind}, version ${credential.version}, for ${bound}: ${credential.status}`;
}
