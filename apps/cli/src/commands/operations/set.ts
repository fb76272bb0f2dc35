import { EFFECTS, type Effect } from '@writ/core';
import { Argument, type Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ operations set`: an owner gives an effect to an operation that the catalog does not know, or judges too mildly. */
export function setOperation(makeCli: CliFactory): Command {
  return verb('set', {
    summary:
      'Gives an operation that is new at the provider an effect for one connection, or raises a known one. Never lowers one.',
    examples: ['writ operations set acme domainUpdate destroy --note "renaming breaks our backups"'],
    notes: 'Several new names at once, and new arguments: writ connections admit.',
  })
    .argument('<connection>')
    .argument('<operation>')
    .addArgument(new Argument('<effect>', 'what it does at worst').choices(EFFECTS))
    .requiredOption('--note <text>', 'why')
    .action(async (connection: string, name: string, effect: Effect, options: { note: string }) => {
      const cli = makeCli();
      const changed = await cli.call('operations.put', { connection, name, effect, note: options.note });
      cli.show(
        changed,
        () => `${changed.name} of ${connection} counts as ${changed.override?.effect ?? changed.effect}.`,
      );
    });
}
