import type { OutputOf } from '@writ/api';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { table } from '../../output/table.ts';
import { verb } from '../command.ts';

type News = OutputOf<'connections.schema'>;
type NewName = News['new'][number];

/** `writ connections schema`: what the provider can do that the catalog does not know. */
export function connectionSchema(makeCli: CliFactory): Command {
  return verb('schema', {
    summary: "Reads the provider's live schema and lists how it differs from the catalog: what is new is refused.",
    examples: ['writ connections schema acme'],
    notes: 'An owner admits new names with `writ connections admit`, and takes that back with `writ operations unset`.',
  })
    .argument('<connection>')
    .action(async (connection: string) => {
      const cli = makeCli();
      const news = await cli.call('connections.schema', { connection });
      cli.show(news, () => textOf(news, { connection, width: cli.out.width }));
    });
}

function textOf(news: News, { connection, width }: { readonly connection: string; readonly width: number }): string {
  const refused = news.new.filter(({ admitted }) => admitted === null);
  const admitted = news.new.filter((one) => one.admitted !== null);
  const parts = [
    refused.length === 0
      ? `The catalog (${news.catalog_version.slice(0, 12)}) and what was admitted know everything ${connection} offers.`
      : `New at the provider, and refused until an owner admits it (writ connections admit ${connection} <effect> <name> --note <text>):\n\n${newTable(refused, width)}`,
    section(
      'Admitted:',
      admitted.map((one) => `${writtenName(one)}: ${one.admitted?.effect} (${one.admitted?.note})`),
    ),
    section(
      'Admitted once, and refused now, for the schema lacks it or has it in another shape:',
      news.stale.map(writtenName),
    ),
    section('In the catalog, and no longer at the provider:', news.missing),
    section('Otherwise at the provider than in the catalog, which stands:', news.changed),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function newTable(names: readonly NewName[], width: number): string {
  const columns = {
    name: writtenName,
    type: ({ type }: NewName) => type,
    'at least': ({ least, refused }: NewName) => refused ?? least,
    'the provider says': ({ description }: NewName) => (description === null ? '' : `“${description}”`),
  };
  return table(names, columns, width);
}

function writtenName({ name, argument }: { readonly name: string; readonly argument: string | null }): string {
  return argument === null ? name : `${name}(${argument})`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
