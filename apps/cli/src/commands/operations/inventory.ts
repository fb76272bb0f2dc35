import { defined } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

interface Options extends PageOptions {
  readonly kind?: string;
  readonly env?: string;
}

/** `writ inventory`: which resource lies in which environments, as the provider says. */
export function inventory(makeCli: CliFactory): Command {
  const command = verb('inventory', {
    summary: "Lists the provider's resources and the environments they lie in, as the provider itself says.",
    examples: ['writ inventory acme', 'writ inventory acme --kind domain', 'writ inventory acme --env production'],
  });
  return paged(command)
    .argument('<connection>')
    .argument('[text]', 'only those whose name or id contains this')
    .option('--kind <kind>', "only of this kind, one of the provider's")
    .option('--env <environment>', 'only what lies in this environment')
    .action(async (connection: string, q: string | undefined, options: Options) => {
      const cli = makeCli();
      const filter = defined({ q, kind: options.kind, environment: options.env });
      showPage(cli, await cli.call('inventory.list', { connection, ...filter, ...pageInput(options) }), {
        empty: 'The provider lists nothing like that.',
        columns: {
          kind: (item) => item.kind,
          id: (item) => item.id,
          name: (item) => item.name,
          environments: (item) => [...item.environments, ...item.unmapped.map((id) => `(not named: ${id})`)],
        },
      });
    });
}
