import type { OutputOf } from '@writ/api';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import type { Columns } from '../../output/table.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

type Environment = OutputOf<'environments.list'>['items'][number];

/** How environments are shown. */
export const ENVIRONMENT_COLUMNS: Columns<Environment> = {
  environment: (item) => item.slug,
  kind: (item) => item.kind,
  protected: (item) => item.protected,
  'stands for': (item) => item.stands_for,
};

/** `writ env list`. */
export function listEnvironments(makeCli: CliFactory): Command {
  const command = verb('list', {
    summary: 'Lists the environments of a connection.',
    examples: ['writ env list acme'],
  });
  return paged(command)
    .argument('<connection>')
    .action(async (connection: string, options: PageOptions) => {
      const cli = makeCli();
      const page = await cli.call('environments.list', { connection, ...pageInput(options) });
      showPage(cli, page, { columns: ENVIRONMENT_COLUMNS, empty: `${connection} has no environments.` });
    });
}
