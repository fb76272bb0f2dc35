import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { type PageOptions, paged, pageInput, showPage, verb, wholeNumber } from '../command.ts';
import { outcomeText } from '../explain/text.ts';

/** `writ client refusals`: what a client tried in vain and could be granted. */
export function listRefusals(makeCli: CliFactory): Command {
  const command = verb('refusals', {
    summary: 'Lists what a client was refused of late and a grant would mend; `writ grant --request` grants one.',
    examples: ['writ client refusals my-agent', 'writ client refusals my-agent --hours 168'],
  });
  return paged(command)
    .argument('<client>')
    .option('--hours <n>', 'how far back to look (default 24, at most 168)', wholeNumber, 24)
    .action(async (id: string, { hours, ...options }: PageOptions & { hours: number }) => {
      const cli = makeCli();
      const page = await cli.call('clients.refusals', { id, hours, ...pageInput(options) });
      showPage(cli, page, {
        empty: 'It was refused nothing of late that a grant would mend.',
        columns: {
          where: (item) => `${item.connection}/${item.environment ?? '?'}`,
          operation: (item) => item.operation,
          effect: (item) => item.effect,
          'if granted': ({ guarded }) => (guarded === null ? null : outcomeText(guarded)),
          times: (item) => item.count,
          last: (item) => moment(item.last_at),
          request: (item) => item.request_id,
        },
      });
    });
}
