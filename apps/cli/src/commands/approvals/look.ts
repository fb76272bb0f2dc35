import type { OutputOf } from '@writ/api';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';
import { quotedRequest } from './text.ts';

/** `writ approvals look`. */
export function look(makeCli: CliFactory): Command {
  return verb('look', {
    summary:
      'Shows a whole request that waits as it would be sent, its secret arguments too. The log keeps who looked.',
    examples: ['writ approvals look apr_01jd...'],
  })
    .argument('<approval>', 'its id')
    .action(async (id: string) => {
      const cli = makeCli();
      const whole = await cli.call('approvals.look', { id });
      cli.show(whole, () => lookedAt(whole.request, cli.out.width));
    });
}

function lookedAt(request: OutputOf<'approvals.look'>['request'], width: number): string {
  const { body, body_base64 } = request;
  const lines = quotedRequest({ ...request, body: body ?? body_base64 }, width);
  return [...lines, ...(body === null ? ['Its body is no text: it is shown in base64.'] : [])].join('\n');
}
