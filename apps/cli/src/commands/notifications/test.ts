import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { EXIT, Failure } from '../../failure.ts';
import { verb } from '../command.ts';

/** `writ notifications test`. */
export function testNotification(makeCli: CliFactory): Command {
  return verb('test', {
    summary: 'Sends a message now, and tells whether it arrived.',
    examples: ['writ notifications test ntf_01jd...'],
  })
    .argument('<notification>', 'its id, as `writ notifications list` shows it')
    .action(async (id: string) => {
      const cli = makeCli();
      const answer = await cli.call('notifications.test', { id });
      if (!answer.delivered) throw new Failure(EXIT.failed, `It did not arrive. ${answer.reason ?? ''}`.trim());
      cli.show(answer, () => 'It arrived.');
    });
}
