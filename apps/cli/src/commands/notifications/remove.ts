import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ notifications remove`. */
export function removeNotification(makeCli: CliFactory): Command {
  return verb('remove', {
    summary: 'Tells nothing there any more; what has not arrived is dropped.',
    examples: ['writ notifications remove ntf_01jd...'],
  })
    .argument('<notification>', 'its id, as `writ notifications list` shows it')
    .action(async (id: string) => {
      const cli = makeCli();
      await cli.call('notifications.delete', { id });
      cli.show({ id }, () => `${id} is removed.`);
    });
}
