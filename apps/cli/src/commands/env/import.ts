import type { OutputOf } from '@writ/api';
import { inert } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { type Columns, table } from '../../output/table.ts';
import { verb } from '../command.ts';
import { ENVIRONMENT_COLUMNS } from './list.ts';

/** `writ env import`: adds every environment that the provider lists. */
export function importEnvironments(makeCli: CliFactory): Command {
  return verb('import', {
    summary: 'Names every environment that the provider lists; all but known non-production names are protected.',
    examples: ['writ env import acme', 'writ env import acme --dry-run'],
  })
    .argument('<connection>')
    .option('--dry-run', 'shows what would be named, and adds nothing')
    .action(async (connection: string, { dryRun = false }: { readonly dryRun?: boolean }) => {
      const cli = makeCli();
      if (dryRun) {
        const importable = await cli.call('environments.importable', { connection });
        cli.show(importable, () => importableText(cli, importable));
        return;
      }
      const imported = await cli.call('environments.import', { connection });
      cli.show(imported, () => importedText(cli, imported));
    });
}

function importableText(cli: Cli, { items, skipped }: OutputOf<'environments.importable'>): string {
  const columns: Columns<(typeof items)[number]> = {
    environment: ({ slug }) => slug,
    kind: (item) => (item.protected ? 'protected' : item.ephemeral ? 'ephemeral' : 'other'),
    protected: (item) => item.protected,
    'stands for': ({ found }) => found,
  };
  const made = items.length === 0 ? 'There is nothing new to name.' : table(items, columns, cli.out.width);
  return [made, ...leftAlone(skipped)].join('\n');
}

/** The environments that were added, and those that were left as they are. */
export function importedText(cli: Cli, imported: OutputOf<'environments.import'>): string {
  const made =
    imported.items.length === 0
      ? 'There was nothing new to name.'
      : table(imported.items, ENVIRONMENT_COLUMNS, cli.out.width);
  return [made, ...leftAlone(imported.skipped)].join('\n');
}

function leftAlone(skipped: OutputOf<'environments.import'>['skipped']): string[] {
  return skipped.map((item) => `Left alone: ${inert(item.name)} (${inert(item.reason)})`);
}
