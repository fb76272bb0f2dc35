import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';
import { newPassword, tokenOf } from './setup.ts';

/** `writ user accept`: sets the password that a one-time link was made for. */
export function acceptUser(makeCli: CliFactory): Command {
  return verb('accept', {
    summary: 'Sets your password with the one-time link you were given.',
    examples: ['writ user accept', 'writ user accept --url https://writ.example.com'],
    notes: 'With --stdin the lines are: the link, the new password.',
  }).action(async () => {
    const cli = makeCli();
    const link = await cli.prompt.secret('The one-time link');
    cli.follow(link);
    const token = tokenOf(link);
    const user = await cli.call('users.accept', { token, password: await newPassword(cli) });
    cli.show(user, () => `The password of ${user.email} is set. Next: writ login`);
  });
}
