import type { RequestOf } from '@writ/api';
import { counted } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { verb } from '../command.ts';

interface Options {
  readonly task?: string;
  readonly client?: string;
  readonly connection?: string;
  readonly all?: boolean;
}

/** `writ tokens revoke`. */
export function revokeTokens(makeCli: CliFactory): Command {
  return verb('revoke', {
    summary: 'Revokes access tokens: one, or all of a task, a client or a connection, or every one.',
    examples: ['writ tokens revoke tok_01jd...', 'writ tokens revoke --client my-agent', 'writ tokens revoke --all'],
  })
    .argument('[token]', 'its id')
    .option('--task <task>', 'those of this task')
    .option('--client <client>', 'those of this client')
    .option('--connection <connection>', 'those that reach this connection')
    .option('--all', 'every one there is')
    .action(async (jti: string | undefined, options: Options) => {
      const cli = makeCli();
      const answer = await cli.call('tokens.revoke', subjectOf(jti, options));
      cli.show(answer, () => `${counted(answer.revoked, 'token is', 'tokens are')} refused from now on.`);
    });
}

function subjectOf(jti: string | undefined, options: Options): RequestOf<'tokens.revoke'> {
  const subjects: RequestOf<'tokens.revoke'>[] = [
    ...(jti === undefined ? [] : [{ jti }]),
    ...(options.task === undefined ? [] : [{ task_id: options.task }]),
    ...(options.client === undefined ? [] : [{ client_id: options.client }]),
    ...(options.connection === undefined ? [] : [{ connection: options.connection }]),
    ...(options.all === true ? [{ all: true as const }] : []),
  ];
  const [subject] = subjects;
  if (subject === undefined || subjects.length > 1) {
    throw usage('Say what to revoke with exactly one of: a token id, --task, --client, --connection, --all.');
  }
  return subject;
}
