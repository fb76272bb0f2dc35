import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';
import { readName } from './new-name.ts';

/** `writ operations unset`: an owner takes back what was admitted from the live schema. */
export function unsetOperation(makeCli: CliFactory): Command {
  return verb('unset', {
    summary: 'Takes back what was admitted from the live schema: calls that use it are refused again.',
    examples: ['writ operations unset acme favorites', "writ operations unset acme 'domainCreate(input.proxied)'"],
    notes: 'What the catalog knows stays as it is: lowering an effect takes a release.',
  })
    .argument('<connection>')
    .argument('<name>', 'an operation, a field, or operation(argument)')
    .action(async (connection: string, written: string) => {
      const cli = makeCli();
      const { name, argument } = readName(written);
      if (argument === undefined) await cli.call('operations.dismiss', { connection, name });
      else await cli.call('operations.dismiss_argument', { connection, name, argument });
      cli.show({ connection, name: written }, () => `${written} of ${connection} is refused again.`);
    });
}
