import { counted, EFFECTS, type Effect } from '@writ/core';
import { Argument, type Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';
import { readName } from '../operations/new-name.ts';

/** `writ connections admit`: an owner's review of names that are new in the live schema, several at once. */
export function admitNames(makeCli: CliFactory): Command {
  return verb('admit', {
    summary: "Gives names that are new in the provider's live schema an effect, for one connection.",
    examples: [
      'writ connections admit acme read favorites Favorite.id --note "read only, says the changelog"',
      'writ connections admit acme write \'domainCreate(input.proxied)\' --note "a proxy in front"',
    ],
    notes: `A call that uses what was admitted reaches every environment of the connection, but for plain fields without arguments, which lie where
their parent lies. A new mutation is covered only by a selector that names it in full.`,
  })
    .argument('<connection>')
    .addArgument(new Argument('<effect>', 'what they do at worst').choices(EFFECTS))
    .argument('<name...>', 'as `writ connections schema` lists them: operation, Type.field, operation(argument)')
    .requiredOption('--note <text>', 'why')
    .action(async (connection: string, effect: Effect, names: readonly string[], { note }: { note: string }) => {
      const cli = makeCli();
      for (const written of names) {
        const { name, argument } = readName(written);
        if (argument === undefined) await cli.call('operations.put', { connection, name, effect, note });
        else await cli.call('operations.admit', { connection, name, arguments: [argument], effect, note });
        cli.out.remark(`${written} counts as ${effect}.`);
      }
      cli.show(
        { connection, effect, names },
        () => `${counted(names.length, 'name is', 'names are')} admitted for ${connection}.`,
      );
    });
}
