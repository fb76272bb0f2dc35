import { ROLES } from '@writ/api';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { oneOf, verb } from '../command.ts';

/** `writ user invite`: adds a user and prints the one-time link for them. */
export function inviteUser(makeCli: CliFactory): Command {
  return verb('invite', {
    summary: 'Adds a user, and prints a one-time link with which they choose a password.',
    examples: ['writ user invite sam@example.com --name Sam --role approver'],
    notes:
      'Roles: auditor reads; approver also stops things; admin also manages connections, clients and grants;\nowner also loosens guardrails and manages users.',
  })
    .argument('<email>', 'what they will sign in with')
    .requiredOption('--name <name>', 'what they are called')
    .option('--role <role>', `one of ${ROLES.join(', ')}`, oneOf(ROLES), 'approver')
    .action(async (email: string, options: { name: string; role: (typeof ROLES)[number] }) => {
      const cli = makeCli();
      const made = await cli.call('users.create', { email, name: options.name, role: options.role });
      cli.show(made, () => `Give ${email} this link; it is good once, until ${moment(made.expires_at)}:\n${made.link}`);
    });
}
