import { defined, EFFECTS, type Effect } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { oneOf, type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

interface Options extends PageOptions {
  readonly effect?: Effect;
}

/** `writ operations list`. */
export function listOperations(makeCli: CliFactory): Command {
  const command = verb('list', {
    summary:
      "Lists a provider's operations: what each does at worst before its arguments are seen, and where it reaches.",
    examples: ['writ operations list acme domain', 'writ operations list acme --effect destroy'],
  });
  return paged(command)
    .argument('<connection>')
    .argument('[text]', 'only names that contain this')
    .option('--effect <effect>', `one of ${EFFECTS.join(', ')}`, oneOf(EFFECTS))
    .action(async (connection: string, q: string | undefined, options: Options) => {
      const cli = makeCli();
      const page = await cli.call('operations.list', {
        connection,
        ...defined({ q, effect: options.effect }),
        ...pageInput(options),
      });
      showPage(cli, page, {
        empty: 'No operation is like that.',
        columns: {
          operation: (item) => item.name,
          effect: (item) => item.override?.effect ?? item.effect,
          'may rise to': (item) => item.raised_to,
          reach: (item) => item.reach,
          targets: (item) => item.targets,
        },
      });
    });
}
