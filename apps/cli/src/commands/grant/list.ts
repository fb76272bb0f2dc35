import type { OutputOf } from '@writ/api';
import { compactScope, defined, limitText } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import type { Columns } from '../../output/table.ts';
import { duration, moment } from '../../output/text.ts';
import { orUnknown, type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

/** How grants are shown. */
export const GRANT_COLUMNS: Columns<OutputOf<'grants.get'>> = {
  grant: (grant) => grant.id,
  name: (grant) => grant.name,
  client: (grant) => grant.client_id,
  allows: (grant) => compactScope(grant).map((piece) => `${grant.connection}/${piece}`),
  limits: (grant) => limitsOf(grant),
  used: (grant) => (grant.last_used_at === null ? 'never' : moment(grant.last_used_at)),
};

/** `writ grant list`. */
export function listGrants(makeCli: CliFactory): Command {
  const command = verb('list', {
    summary: 'Lists the grants.',
    examples: [
      'writ grant list',
      'writ grant list --client my-agent --connection acme',
      'writ grant list --q deploy --unused',
    ],
  });
  return paged(command)
    .option('--client <client>', 'only those of this client')
    .option('--connection <connection>', 'only those on this connection')
    .option('--q <text>', 'only those with this in their name, note, operations or client')
    .option('--unused', 'only those that let nothing through in the last 30 days')
    .action(async (options: PageOptions & { client?: string; connection?: string; q?: string; unused?: true }) => {
      const cli = makeCli();
      const { client: client_id, connection, q, unused } = options;
      const filter = defined({ client_id, connection, q, unused: unused && ('true' as const) });
      const page = await cli.call('grants.list', { ...filter, ...pageInput(options) });
      showPage(cli, await orUnknown(cli, page, options), { columns: GRANT_COLUMNS, empty: 'There are no grants.' });
    });
}

function limitsOf(grant: OutputOf<'grants.get'>): string[] {
  return [
    `tokens ${duration(grant.max_ttl_seconds)}`,
    ...(grant.expires_at === null ? [] : [`until ${moment(grant.expires_at)}`]),
    ...(grant.resources ?? []),
    ...Object.keys(grant.arguments ?? {}).map((operation) => `arguments of ${operation}`),
    ...(grant.limits ?? []).map((limit) => `at most ${limitText(limit)}`),
  ];
}
