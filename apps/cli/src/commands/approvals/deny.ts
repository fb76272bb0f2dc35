import { defined } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { verb } from '../command.ts';

/** `writ approvals deny`. */
export function deny(makeCli: CliFactory): Command {
  return verb('deny', {
    summary: 'Says no: to what waits, or to what was approved and is not used yet.',
    examples: ['writ approvals deny apr_01jd... --reason "That volume is production. Use staging-data."'],
  })
    .argument('<approval>', 'its id')
    .option('--reason <text>', 'why, and what to do instead; the client reads it')
    .action(async (id: string, { reason }: { readonly reason?: string }) => {
      const cli = makeCli();
      const view = await cli.call('approvals.deny', { id, ...defined({ reason }) });
      cli.show(view, () => `${id} is denied. The same is not asked again before ${moment(view.cool_until)}.`);
    });
}

/** `writ approvals reopen`. */
export function reopen(makeCli: CliFactory): Command {
  return verb('reopen', {
    summary: 'Lets a client ask again for what was denied: after three times no in an hour it may not.',
    examples: ['writ approvals reopen apr_01jd...'],
  })
    .argument('<approval>', 'the id of one that was denied')
    .action(async (id: string) => {
      const cli = makeCli();
      const { reopened } = await cli.call('approvals.reopen', { id });
      cli.show(
        { reopened },
        () => `The client may ask again. Lifted: ${reopened.join(', ') || 'nothing, it was lifted before'}.`,
      );
    });
}
