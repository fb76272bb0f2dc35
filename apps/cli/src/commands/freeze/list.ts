import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

/** `writ freeze list`. */
export function listFreezes(makeCli: CliFactory): Command {
  const command = verb('list', { summary: 'Lists the freezes in force.', examples: ['writ freeze list'] });
  return paged(command).action(async (options: PageOptions) => {
    const cli = makeCli();
    showPage(cli, await cli.call('freeze.list', pageInput(options)), {
      empty: 'Nothing is frozen.',
      columns: {
        freeze: (freeze) => freeze.id,
        stops: (freeze) => (freeze.subject === null ? 'everything' : `${freeze.scope} ${freeze.subject}`),
        reason: (freeze) => freeze.reason,
        since: (freeze) => moment(freeze.created_at),
      },
    });
  });
}
