import type { OutputOf } from '@writ/api';
import { inert, Secret } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { EXIT, Failure, usage } from '../../failure.ts';
import { checkEmail } from '../../input/answers.ts';
import { insist } from '../../input/insist.ts';
import type { Check } from '../../input/prompt.ts';
import { verb } from '../command.ts';

/** `writ login`: signs in and keeps the session for later commands. */
export function login(makeCli: CliFactory): Command {
  return verb('login', {
    summary: 'Signs in, and keeps the session in a file that only you can read.',
    examples: ['writ login', 'writ login --email jo@example.com --url https://writ.example.com'],
    notes:
      'The session reads, and asks for changes; a change that loosens asks for your password again.\nA new broker has no users: make its first owner with `writ user setup`.\nWith --stdin the lines are: the e-mail address unless given as an option, the password.',
  })
    .option('--email <email>', 'who you are')
    .action(async (options: { email?: string }) => {
      const cli = makeCli();
      const problem = options.email === undefined ? undefined : checkEmail(options.email);
      if (problem !== undefined) throw usage(`--email: ${problem}`);
      await someoneThere(cli);
      let email = options.email ?? (await cli.prompt.line('E-mail address', checkEmail));
      let password = await cli.prompt.secret('Password');
      const signedIn = await insist(cli.prompt, () => cli.call('session.create', { email, password, client: 'cli' }), {
        unauthenticated: async () => {
          // It is not known which of the two is wrong, so the address is shown.
          email = options.email ?? ((await cli.prompt.line(`E-mail address (Enter: ${email})`, orSame)) || email);
          password = await cli.prompt.secret('Password');
        },
      });
      if (signedIn.session_token !== undefined) await cli.keep(new Secret(signedIn.session_token, 'session'));
      const { user, session } = signedIn;
      const at = await cli.url();
      const notices = await noticesFor(cli);
      for (const { at: when, detail } of notices) cli.out.remark(inert(`${when.slice(0, 10)}: ${detail}`));
      cli.show({ user, session, notices }, () => `Signed in at ${at} as ${user.email} (${user.role}).`);
    });
}

/** Throws where nobody can sign in yet. */
async function someoneThere(cli: Cli): Promise<void> {
  if (!(await cli.call('setup.get', {})).open) return;
  const url = inert(await cli.url());
  throw new Failure(
    EXIT.failed,
    `Nobody has set up the Writ at ${url} yet, so nobody can sign in. Make its first owner with \`writ user setup\`: it takes the link that the broker printed when it started (start it again for a new one).`,
    { problem: { code: 'conflict' } },
  );
}

/** Tells an owner what other owners did. Where that cannot be read, the sign-in counts all the same. */
async function noticesFor(cli: Cli): Promise<OutputOf<'me.get'>['notices']> {
  try {
    const { notices = [] } = await cli.call('me.get', {});
    return notices;
  } catch {
    return [];
  }
}

const orSame: Check = (answer) => (answer === '' ? undefined : checkEmail(answer));
