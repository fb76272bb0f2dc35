import type { OutputOf } from '@writ/api';
import { inert } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { table } from '../../output/table.ts';
import { verb } from '../command.ts';

type Count = [string, OutputOf<'connections.unused'>['operations'][keyof OutputOf<'connections.unused'>['operations']]];

/** `writ connections unused`: how much wider the root credential is than what is granted. */
export function showUnused(makeCli: CliFactory): Command {
  return verb('unused', {
    summary: "Tells what of a connection's root credential no grant uses.",
    examples: ['writ connections unused acme'],
  })
    .argument('<connection>')
    .action(async (connection: string) => {
      const cli = makeCli();
      const unused = await cli.call('connections.unused', { connection });
      const columns = {
        effect: ([effect]: Count) => effect,
        granted: ([, { granted, all }]: Count) => `${granted} of ${all}`,
      };
      cli.show(unused, () => {
        const counts = table(Object.entries(unused.operations), columns, cli.out.width);
        return [counts, ...unused.wider.map(inert)].join('\n\n');
      });
    });
}
