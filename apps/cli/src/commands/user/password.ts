import { counted } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { newPassword } from '../../input/answers.ts';
import { verb } from '../command.ts';

/** `writ user password`: changes one's own. */
export function changePassword(makeCli: CliFactory): Command {
  return verb('password', {
    summary: 'Changes your own password, and ends your other sessions.',
    examples: ['writ user password'],
    notes: 'With --stdin the lines are: the new password, the present one.',
  }).action(async () => {
    const cli = makeCli();
    const { email, name } = await cli.call('me.get', {});
    const new_password = await newPassword(cli.prompt, { email, name });
    const done = await cli.call('me.password', { new_password });
    const others = counted(done.sessions_ended, 'other session', 'other sessions');
    cli.show(done, () => `Your password is changed; ${others} ended.`);
  });
}
