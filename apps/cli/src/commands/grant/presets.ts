import type { OutputOf } from '@writ/api';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

type Preset = OutputOf<'connections.presets'>['items'][number];

/** `writ grant presets`. */
export function listPresets(makeCli: CliFactory): Command {
  const command = verb('presets', {
    summary: 'Lists what people often grant of a connection, to be given after connection/environment/.',
    examples: ['writ grant presets acme'],
  });
  return paged(command)
    .argument('<connection>')
    .action(async (connection: string, options: PageOptions) => {
      const cli = makeCli();
      const page = await cli.call('connections.presets', { connection, ...pageInput(options) });
      showPage(cli, page, {
        empty: 'Its provider proposes nothing.',
        columns: {
          preset: (preset) => preset.title,
          about: (preset) => preset.description,
          allows: (preset) => preset.operations,
          'to be narrowed': needsOf,
        },
      });
    });
}

function needsOf({ needs }: Preset): string[] {
  return needs.map(
    ({ operation, path, comparison, example }) => `--where '${operation} ${path} ${comparison} ${example}'`,
  );
}
