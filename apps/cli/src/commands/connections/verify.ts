import type { OutputOf } from '@writ/api';
import { inert } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ connections verify`: asks the provider whose the credential is. */
export function verifyConnection(makeCli: CliFactory): Command {
  return verb('verify', {
    summary: 'Asks the provider whose the root credential is and how far it reaches.',
    examples: ['writ connections verify acme', 'writ connections verify acme --confirm'],
  })
    .argument('<connection>')
    .option('--confirm', 'accept that another connection has the same identity and reach')
    .action(async (connection: string, options: { confirm?: boolean }) => {
      const cli = makeCli();
      const verified = await cli.call('connections.verify', { connection, ...options });
      cli.show(verified, () => verifiedText(verified));
    });
}

/** Whose a credential is and how far it reaches, for people. */
export function verifiedText(verified: OutputOf<'connections.verify'>): string {
  const lines = [`The provider says that this credential belongs to ${inert(verified.identity)}. It reaches:`];
  lines.push(...(verified.reach.length === 0 ? ['  nothing'] : verified.reach.map((item) => `  ${inert(item)}`)));
  if (verified.same_as.length > 0 && !verified.confirmed) {
    lines.push(
      `The same identity and reach as ${verified.same_as.map(inert).join(', ')}: an owner confirms that with --confirm.`,
    );
  }
  return lines.join('\n');
}
