import { isJsonObject } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { given, type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

interface Options extends PageOptions {
  readonly kind?: string;
  readonly client?: string;
  readonly task?: string;
  readonly connection?: string;
  readonly result?: string;
  readonly request?: string;
  readonly since?: string;
  readonly until?: string;
}

type Event = Readonly<Record<string, unknown>>;

/** `writ audit list`. */
export function listAudit(makeCli: CliFactory): Command {
  const command = verb('list', {
    summary: 'Lists audit events, the newest first.',
    examples: [
      'writ audit list --limit 20',
      'writ audit list --client my-agent --result refuse',
      'writ audit list --json --kind request.refused',
    ],
  });
  return paged(command)
    .option('--kind <kind>', 'only of this kind, such as request.refused')
    .option('--client <client>', 'only about this client')
    .option('--task <task>', 'only about this task')
    .option('--connection <connection>', 'only about this connection')
    .option('--result <result>', 'only with this result')
    .option('--request <request>', 'only of the request with this id')
    .option('--since <moment>', 'not before this, such as 2026-11-22T12:00:00Z')
    .option('--until <moment>', 'not after this')
    .action(async (options: Options) => {
      const cli = makeCli();
      const { kind, task, connection, result, since, until } = options;
      const filter = given({
        kind,
        client_id: options.client,
        task_id: task,
        connection,
        result,
        request_id: options.request,
        since,
        until,
      });
      showPage(cli, await cli.call('audit.list', { ...filter, ...pageInput(options) }), {
        empty: 'There are no such events.',
        columns: {
          seq: (item) => item.seq,
          at: (item) => moment(textOf(item.event, 'at')),
          what: (item) => textOf(item.event, 'kind'),
          who: (item) => textOf(item.event, 'client_id') ?? textOf(item.event, 'actor'),
          result: (item) => textOf(item.event, 'result'),
          about: (item) => aboutOf(item.event),
        },
      });
    });
}

function textOf(event: Event, name: string): string | undefined {
  const value = event[name];
  return typeof value === 'string' ? value : undefined;
}

/** What an event is about, in a few words: operations and where, or whatever its data names. */
function aboutOf(event: Event): string {
  const { operations, connection, data } = event;
  if (Array.isArray(operations) && operations.length > 0)
    return `${String(connection ?? '')} ${operations.join(', ')}`.trim();
  const named = isJsonObject(data)
    ? ['email', 'client_id', 'grant_id', 'environment', 'slug', 'user_id'].map((name) => data[name])
    : [];
  return [connection, ...named].filter((value) => typeof value === 'string').join(' ');
}
