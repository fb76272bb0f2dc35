import type { OutputOf } from '@writ/api';
import { inert } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { table } from '../../output/table.ts';
import { verb } from '../command.ts';
import { ENVIRONMENT_COLUMNS } from './list.ts';

/** `writ env import`: adds every environment that the provider lists. */
export function importEnvironments(makeCli: CliFactory): Command {
  return verb('import', {
    summary: 'Names every environment that the provider lists; all but known non-production names are protected.',
    examples: ['writ env import acme'],
  })
    .argument('<connection>')
    .action(async (connection: string) => {
      const cli = makeCli();
      const imported = await cli.call('environments.import', { connection });
      cli.show(imported, () => importedText(cli, imported));
    });
}

/** The environments that were added, and those that were left as they are. */
export function importedText(cli: Cli, imported: OutputOf<'environments.import'>): string {
  const made =
    imported.items.length === 0
      ? 'There was nothing new to name.'
      : table(imported.items, ENVIRONMENT_COLUMNS, cli.out.width);
  const left = imported.skipped.map((item) => `Left alone: ${inert(item.name)} (${inert(item.reason)})`);
  return [made, ...left].join('\n');
}
