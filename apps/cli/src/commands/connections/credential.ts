import { defined } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { several, verb } from '../command.ts';
import { providerOf } from '../providers/list.ts';
import { handOver, rootCredential } from './root-credential.ts';
import { connectionFields } from './show.ts';
import { verifiedText } from './verify.ts';

interface Options {
  readonly kind?: string;
  readonly env?: string[];
}

/** `writ connections credential`: replaces a root credential, or binds one to environments. */
export function replaceCredential(makeCli: CliFactory): Command {
  return verb('credential', {
    summary:
      'Replaces the root credential, or adds one bound to some environments; then asks the provider whose it is.',
    examples: ['writ connections credential acme', 'writ connections credential acme --kind api_key --env staging'],
    notes: 'With --stdin the lines are: the root credential, your password.',
  })
    .argument('<connection>')
    .option('--kind <kind>', 'what kind of root credential it is (default: what the provider says is usual)')
    .option('--env <environment>', 'an environment it is bound to (may be given several times)', several)
    .action(async (connection: string, options: Options) => {
      const cli = makeCli();
      // Checked before a root credential is typed: does the connection exist, may this person see it, and does it take one of that kind?
      const provider = await providerOf(cli, connection);
      const token = await rootCredential(cli, { provider, of: connection, kind: options.kind });
      const bound = defined({ environments: options.env });
      const changed = await handOver(cli, token, (given) =>
        cli.call('connections.credential', { connection, ...given, ...bound }),
      );
      const verified = await cli.call('connections.verify', { connection });
      cli.show(
        { connection: changed, verified },
        () => `${connectionFields(cli, changed)}\n\n${verifiedText(verified)}`,
      );
    });
}
