import { Secret } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { verb } from '../command.ts';

interface Options {
  readonly email?: string;
  readonly name?: string;
}

/** `writ user setup`: makes the first owner of a new broker, and signs in. */
export function setUpOwner(makeCli: CliFactory): Command {
  return verb('setup', {
    summary: 'Makes the first owner of a new broker, with the one-time link that the broker printed, and signs in.',
    examples: ['writ user setup', 'writ user setup --email jo@example.com --name Jo'],
    notes: 'With --stdin the lines are: the link, then e-mail and name unless given as options, then the new password.',
  })
    .option('--email <email>', 'what the owner signs in with')
    .option('--name <name>', 'what the owner is called')
    .action((options: Options) => run(makeCli(), options));
}

async function run(cli: Cli, options: Options): Promise<void> {
  const link = await cli.prompt.secret('The set-up link that the broker printed');
  cli.follow(link);
  const setup_token = tokenOf(link);
  const email = options.email ?? (await cli.prompt.line('Your e-mail address'));
  const name = options.name ?? (await cli.prompt.line('Your name'));
  const password = await newPassword(cli);
  const signedIn = await cli.call('setup.create', { setup_token, email, name, password, client: 'cli' });
  if (signedIn.session_token !== undefined) await cli.keep(new Secret(signedIn.session_token, 'session'));
  const { user } = signedIn;
  cli.show({ user }, () => `You are ${user.email}, the owner, and signed in. Next: writ connect railway`);
}

/** Asks for a password to be set: twice on a terminal, so that a slip is noticed. */
export async function newPassword(cli: Cli): Promise<string> {
  const password = await cli.prompt.secret('A new password (15 characters or more)');
  if (cli.globals.stdin === true) return password;
  if ((await cli.prompt.secret('The same again')) !== password)
    throw usage('The two passwords are not the same; nothing was sent.');
  return password;
}

/** The token of a link that ends in `#token=...`; a bare token is taken as it is. */
export function tokenOf(text: string): string {
  const token = /[#?&]token=([^&\s]+)/.exec(text)?.[1];
  return token === undefined ? text.trim() : decodeURIComponent(token);
}
