import { defined } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { verb } from '../command.ts';

interface Options {
  readonly name?: string;
  readonly events?: string;
  readonly address?: string;
  readonly url?: true;
}

/** `writ notifications set`. */
export function setNotification(makeCli: CliFactory): Command {
  return verb('set', {
    summary: 'Changes what is told, or where.',
    examples: ['writ notifications set ntf_01jd... --events approval,hold', 'writ notifications set ntf_01jd... --url'],
  })
    .argument('<notification>', 'its id, as `writ notifications list` shows it')
    .option('--name <name>', 'another name')
    .option('--events <kinds>', 'kinds of events, or their beginnings, with commas between them')
    .option('--address <address>', 'another mail address')
    .option('--url', 'another URL, which is asked for')
    .action(async (id: string, options: Options) => {
      const cli = makeCli();
      const { name, address } = options;
      const events = options.events?.split(',').map((one) => one.trim());
      const url = options.url === true ? (await cli.prompt.secret('Its URL')).trim() : undefined;
      const set = defined({ name, events, address, url });
      if (Object.keys(set).length === 0) throw usage('Say what to change: --name, --events, --address, --url.');
      const changed = await cli.call('notifications.patch', { id, ...set });
      cli.show(changed, () => `${id} tells ${changed.target} of ${changed.events.join(', ')}.`);
    });
}
