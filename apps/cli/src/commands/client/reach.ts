import type { OutputOf, RequestOf } from '@writ/api';
import { defined, EFFECTS, OUTCOMES } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { oneOf, orUnknown, type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';
import { outcomeText } from '../explain/text.ts';

type Item = OutputOf<'clients.reach'>['items'][number];
type Options = PageOptions &
  Pick<RequestOf<'clients.reach'>, 'connection' | 'environment' | 'q' | 'effect' | 'outcome'>;

/** `writ client reach`: what a client can do, as it would see it. */
export function showReach(makeCli: CliFactory): Command {
  const command = verb('reach', {
    summary: 'Lists every operation that a client reaches, where, with its outcome and the grants that let it.',
    examples: ['writ client reach my-agent', 'writ client reach my-agent --environment production --effect destroy'],
  });
  return paged(command)
    .argument('<client>')
    .option('--connection <connection>', 'only on this connection')
    .option('--environment <slug>', 'only in this environment')
    .option('--q <text>', 'only operations whose name contains this')
    .option('--effect <effect>', `one of ${EFFECTS.join(', ')}`, oneOf(EFFECTS))
    .option('--outcome <outcome>', `one of ${OUTCOMES.join(', ')}`, oneOf(OUTCOMES))
    .action(async (id: string, { connection, environment, q, effect, outcome, ...options }: Options) => {
      const cli = makeCli();
      const filter = defined({ connection, environment, q, effect, outcome });
      const page = await cli.call('clients.reach', { id, ...filter, ...pageInput(options) });
      showPage(cli, await orUnknown(cli, page, { connection }), {
        empty: 'It reaches nothing of that.',
        columns: {
          environment: (item) => `${item.connection}/${item.environment}`,
          operation: (item) => item.operation,
          effect: (item) => item.effect,
          outcome: (item) => outcomeText(item) + (item.narrowed ? ', for some resources or arguments' : ''),
          by: grantsOf,
        },
      });
    });
}

function grantsOf({ grants, grant_count }: Item): string[] {
  const named = grants.slice(0, 3).map(({ id, name }) => name ?? id);
  return grant_count > named.length ? [...named, `and ${grant_count - named.length} more`] : named;
}
