import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { table } from '../../output/table.ts';
import { several, verb } from '../command.ts';
import { ENVIRONMENT_COLUMNS } from './list.ts';

interface Options {
  readonly id?: string[];
  readonly forksOf?: string[];
  readonly protected?: boolean;
}

/** `writ env add`: names an environment by the provider's ids. */
export function addEnvironment(makeCli: CliFactory): Command {
  return verb('add', {
    summary: "Names an environment: the provider's environment ids, or every fork in a project.",
    examples: [
      'writ env add railway staging --id 4f1c0f0e-1111-2222-3333-444455556666',
      'writ env add railway previews --forks-of 90ab0f0e-1111-2222-3333-444455556666',
    ],
  })
    .argument('<connection>')
    .argument('<environment>', 'its name in grants')
    .option('--id <id>', "the provider's environment id (may be given several times)", several)
    .option('--forks-of <project>', 'every ephemeral environment of this project (may be given several times)', several)
    .option('--protected', 'destruction and escalation in it wait for a human')
    .action(async (connection: string, slug: string, options: Options) => {
      const cli = makeCli();
      const environment = await cli.call('environments.create', {
        connection,
        slug,
        selector: selectorOf(options),
        ...(options.protected === true ? { protected: true } : {}),
      });
      cli.show(environment, () => table([environment], ENVIRONMENT_COLUMNS, cli.out.width));
    });
}

function selectorOf(options: Options): { environment_ids: string[] } | { ephemeral_of: string[] } {
  if (options.id !== undefined && options.forksOf === undefined) return { environment_ids: options.id };
  if (options.forksOf !== undefined && options.id === undefined) return { ephemeral_of: options.forksOf };
  throw usage('Say what the environment stands for: either --id or --forks-of, once or several times.');
}
