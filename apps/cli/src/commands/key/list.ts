import type { OutputOf } from '@writ/api';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import type { Columns } from '../../output/table.ts';
import { moment } from '../../output/text.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

/** The columns of a table of keys. */
export const KEY_COLUMNS: Columns<OutputOf<'keys.list'>['items'][number]> = {
  key: (key) => key.kid,
  alg: (key) => key.alg,
  state: (key) => key.state,
  made: (key) => moment(key.created_at),
  retired: (key) => moment(key.retired_at),
};

/** `writ key list`. */
export function listKeys(makeCli: CliFactory): Command {
  const command = verb('list', { summary: 'Lists the keys that sign access tokens.', examples: ['writ key list'] });
  return paged(command).action(async (options: PageOptions) => {
    const cli = makeCli();
    showPage(cli, await cli.call('keys.list', pageInput(options)), {
      empty: 'There are no keys yet.',
      columns: KEY_COLUMNS,
    });
  });
}
