import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ connections schema`: what the provider can do that the catalog does not know. */
export function connectionSchema(makeCli: CliFactory): Command {
  return verb('schema', {
    summary: "Reads the provider's live schema and lists what the catalog lacks: such operations are refused.",
    examples: ['writ connections schema railway'],
  })
    .argument('<connection>')
    .action(async (connection: string) => {
      const cli = makeCli();
      const news = await cli.call('connections.schema', { connection });
      cli.show(news, () => {
        if (news.unknown.length === 0)
          return `The catalog (${news.catalog_version}) knows everything the provider offers.`;
        const names = news.unknown.map((name) => `  ${name}`).join('\n');
        return `Not in the catalog (${news.catalog_version}), and refused until an owner gives each an effect with \`writ operations set\`:\n${names}`;
      });
    });
}
