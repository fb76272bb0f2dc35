import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { checkLink, newPassword, tokenOf } from '../../input/answers.ts';
import { insist } from '../../input/insist.ts';
import { verb } from '../command.ts';

/** `writ user accept`: sets the password that a one-time link was made for. */
export function acceptUser(makeCli: CliFactory): Command {
  return verb('accept', {
    summary: 'Sets your password with the one-time link you were given.',
    examples: ['writ user accept', 'writ user accept --url https://writ.example.com'],
    notes: 'With --stdin the lines are: the link, the new password.',
  }).action(async () => {
    const cli = makeCli();
    const askLink = () => cli.prompt.link('The one-time link', checkLink('link'));
    let link = await askLink();
    cli.follow(link);
    let password = await newPassword(cli.prompt);
    const user = await insist(cli.prompt, () => cli.call('users.accept', { token: tokenOf(link), password }), {
      forbidden: async () => (link = await askLink()),
      password: async () => (password = await newPassword(cli.prompt)),
    });
    cli.show(user, () => `The password of ${user.email} is set. Next: ${cli.called('writ login')}`);
  });
}
