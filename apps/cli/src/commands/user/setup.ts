import { inert, Secret } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { EXIT, Failure, usage } from '../../failure.ts';
import { checkEmail, checkLink, checkName, newPassword, tokenOf } from '../../input/answers.ts';
import { insist } from '../../input/insist.ts';
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
  checkOption('--email', options.email && checkEmail(options.email));
  checkOption('--name', options.name && checkName(options.name));
  const askLink = () => cli.prompt.link('The set-up link that the broker printed', checkLink('setup'));
  const askEmail = () => cli.prompt.line('Your e-mail address', checkEmail);
  const askName = () => cli.prompt.line('Your name', checkName);
  let link = await askLink();
  cli.follow(link);
  await noOwnerYet(cli);
  let email = options.email ?? (await askEmail());
  let name = options.name ?? (await askName());
  let password = await newPassword(cli.prompt, { email, name });
  const setUp = () => cli.call('setup.create', { setup_token: tokenOf(link), email, name, password, client: 'cli' });
  const signedIn = await insist(cli.prompt, setUp, {
    forbidden: async () => (link = await askLink()),
    email: async () => (email = await askEmail()),
    name: async () => (name = await askName()),
    password: async () => (password = await newPassword(cli.prompt, { email, name })),
  });
  if (signedIn.session_token !== undefined) await cli.keep(new Secret(signedIn.session_token, 'session'));
  const { user } = signedIn;
  cli.show({ user }, () => `You are ${user.email}, the owner, and signed in. Next: ${cli.called('writ connect')}`);
}

/** Throws, before anything else is typed, where there is an owner already. */
async function noOwnerYet(cli: Cli): Promise<void> {
  if ((await cli.call('setup.get', {})).open) return;
  const url = inert(await cli.url());
  throw new Failure(EXIT.failed, `The Writ at ${url} has its owner already. Sign in with \`writ login\`.`, {
    problem: { code: 'conflict' },
  });
}

function checkOption(option: string, problem: string | undefined): void {
  if (problem) throw usage(`${option}: ${problem}`);
}
