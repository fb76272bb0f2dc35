import type { RequestOf } from '@writ/api';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { verb } from '../command.ts';

interface Options {
  readonly connection?: string;
  readonly client?: string;
  readonly task?: string;
  readonly all?: boolean;
  readonly reason: string;
}

/** `writ freeze on`. */
export function freezeOn(makeCli: CliFactory): Command {
  return verb('on', {
    summary:
      'Stops everything, a connection, a client or a task: every request is refused from now on, with any token.',
    examples: [
      'writ freeze on --all --reason "something is deleting volumes"',
      'writ freeze on --client my-agent --reason "looking into it"',
    ],
  })
    .option('--connection <connection>', 'requests to this connection')
    .option('--client <client>', 'requests of this client')
    .option('--task <task>', 'requests of this task')
    .option('--all', 'every request')
    .requiredOption('--reason <text>', 'why; shown to everybody who is refused')
    .action(async (options: Options) => {
      const cli = makeCli();
      const freeze = await cli.call('freeze.create', subjectOf(options));
      cli.show(
        freeze,
        () =>
          `Frozen: ${freeze.subject ?? 'everything'}. Those who are refused read: "${freeze.reason}"\nLift it with: ${cli.called(`writ freeze off ${freeze.id}`)}`,
      );
    });
}

function subjectOf({ connection, client, task, all, reason }: Options): RequestOf<'freeze.create'> {
  const subjects: RequestOf<'freeze.create'>[] = [
    ...(connection === undefined ? [] : [{ connection, reason }]),
    ...(client === undefined ? [] : [{ client_id: client, reason }]),
    ...(task === undefined ? [] : [{ task_id: task, reason }]),
    ...(all === true ? [{ all: true as const, reason }] : []),
  ];
  const [subject] = subjects;
  if (subject === undefined || subjects.length > 1) {
    throw usage('Say what to freeze with exactly one of --all, --connection, --client and --task.');
  }
  return subject;
}
