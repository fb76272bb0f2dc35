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
  client: (grant) => grant.client_id,
  allows: (grant) => compactScope(grant).map((piece) => `${grant.connection}/${piece}`),
  limits: (grant) => limitsOf(grant),
};

/** `writ grant list`. */
export function listGrants(makeCli: CliFactory): Command {
  const command = verb('list', {
    summary: 'Lists the grants.',
    examples: ['writ grant list', 'writ grant list --client my-agent'],
  });
  return paged(command)
    .option('--client <client>', 'only those of this client')
    .action(async (options: PageOptions & { client?: string }) => {
      const cli = makeCli();
      const page = await cli.call('grants.list', { ...defined({ client_id: options.client }), ...pageInput(options) });
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
