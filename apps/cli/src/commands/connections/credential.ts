import { Secret } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { checkToken } from '../../input/answers.ts';
import { several, verb } from '../command.ts';
import { connectionFields } from './show.ts';
import { verifiedText } from './verify.ts';

interface Options {
  readonly kind: string;
  readonly env?: string[];
}

/** `writ connections credential`: replaces a root credential, or binds one to environments. */
export function replaceCredential(makeCli: CliFactory): Command {
  return verb('credential', {
    summary:
      'Replaces the root credential, or adds one bound to some environments; then asks the provider whose it is.',
    examples: [
      'writ connections credential railway',
      'writ connections credential railway --kind project_token --env staging',
    ],
    notes: 'With --stdin the lines are: the root token, your password.',
  })
    .argument('<connection>')
    .option('--kind <kind>', 'what kind of root credential it is', 'workspace_token')
    .option('--env <environment>', 'an environment it is bound to (may be given several times)', several)
    .action(async (connection: string, options: Options) => {
      const cli = makeCli();
      // Before a root token is typed: is it there, and may this person see it?
      await cli.call('connections.get', { connection });
      const value = new Secret(
        (await cli.prompt.secret(`The ${options.kind} of ${connection}`, checkToken)).trim(),
        'root credential',
      );
      const bound = options.env === undefined ? {} : { environments: options.env };
      const changed = await cli.call('connections.credential', {
        connection,
        kind: options.kind,
        value: value.expose(),
        ...bound,
      });
      const verified = await cli.call('connections.verify', { connection });
      cli.show(
        { connection: changed, verified },
        () => `${connectionFields(cli, changed)}\n\n${verifiedText(verified)}`,
      );
    });
}
