import type { RequestOf } from '@writ/api';
import { defined } from '@writ/core';
import { type Command, Option } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { verb } from '../command.ts';

interface Options {
  readonly name: string;
  readonly address?: string;
  readonly events?: string;
}

/** `writ notifications add`. */
export function addNotification(makeCli: CliFactory): Command {
  const kinds = ['webhook', 'slack', 'mail'] as const;
  const command = verb('add', {
    summary: 'Tells a webhook, a chat or a mail address of what happens.',
    examples: [
      'writ notifications add slack --name ops',
      'writ notifications add webhook --name siem --events approval,hold,freeze,grant',
      'writ notifications add mail --name me --address ada@example.com',
    ],
    notes: 'The URL of a webhook is a secret: it is asked for, or read from standard input with --stdin.',
  });
  return command
    .argument('<kind>', kinds.join(', '))
    .requiredOption('--name <name>', 'a name for it')
    .option('--address <address>', 'the mail address')
    .addOption(new Option('--events <kinds>', 'kinds of events, or their beginnings, with commas between them'))
    .action(async (kind: string, options: Options) => {
      const cli = makeCli();
      const { name, address } = options;
      const events = options.events?.split(',').map((one) => one.trim());
      const chosen = { name, ...defined({ events }) };
      let input: RequestOf<'notifications.create'>;
      if (kind === 'mail') {
        if (address === undefined) throw usage('Say where the mail goes with --address.');
        input = { kind, ...chosen, address };
      } else if (kind === 'webhook' || kind === 'slack') {
        if (address !== undefined) throw usage('--address is for mail. The URL of a webhook is asked for.');
        input = { kind, ...chosen, url: (await cli.prompt.secret('Its URL')).trim() };
      } else throw usage(`A notification is of kind ${kinds.join(', ')}.`);
      const made = await cli.call('notifications.create', input);
      const secret =
        made.signing_secret === undefined
          ? ''
          : `\nIts messages are signed with this secret, which is shown this once:\n${made.signing_secret}`;
      cli.show(
        made,
        () =>
          `${made.id} tells ${made.target} of ${made.events.join(', ')}.${secret}\n${cli.called(`Try it: writ notifications test ${made.id}`)}`,
      );
    });
}
