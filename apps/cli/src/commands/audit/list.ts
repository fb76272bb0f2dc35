import {
  AUDIT_KINDS,
  AUDIT_RESULTS,
  type AuditKind,
  type AuditResult,
  defined,
  EFFECTS,
  type Effect,
  isJsonObject,
} from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { oneOf, orUnknown, type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

interface Options extends PageOptions {
  readonly kind?: AuditKind;
  readonly client?: string;
  readonly task?: string;
  readonly connection?: string;
  readonly operation?: string;
  readonly effect?: Effect;
  readonly search?: string;
  readonly result?: AuditResult;
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
      'writ audit list --client my-agent --result operation_not_granted',
      'writ audit list --effect destroy --since 2026-11-01T00:00:00Z',
      'writ audit list --json --kind request.refused',
    ],
    notes: `Kinds: ${AUDIT_KINDS.join(', ')}.\n\nResults: ${AUDIT_RESULTS.join(', ')}.`,
  });
  return paged(command)
    .option('--kind <kind>', 'only of this kind, such as request.refused', oneOf(AUDIT_KINDS))
    .option('--client <client>', 'only about this client')
    .option('--task <task>', 'only about this task')
    .option('--connection <connection>', 'only about this connection')
    .option('--operation <operation>', 'only of calls with this operation')
    .option('--effect <effect>', `only of calls with this effect: ${EFFECTS.join(', ')}`, oneOf(EFFECTS))
    .option('--search <text>', 'only with this text in them; A and a are the same')
    .option('--result <result>', 'only with this result, such as answered', oneOf(AUDIT_RESULTS))
    .option('--request <request>', 'only of the request with this id')
    .option('--since <moment>', 'not before this, such as 2026-11-22T12:00:00Z')
    .option('--until <moment>', 'not after this')
    .action(async (options: Options) => {
      const cli = makeCli();
      const { kind, task, connection, operation, effect, search, result, since, until } = options;
      const filter = defined({
        kind,
        client_id: options.client,
        task_id: task,
        connection,
        operation,
        effect,
        q: search,
        result,
        request_id: options.request,
        since,
        until,
      });
      const page = await cli.call('audit.list', { ...filter, ...pageInput(options) });
      showPage(cli, await orUnknown(cli, page, options), {
        empty: 'There are no such events.',
        columns: {
          seq: (item) => item.seq,
          at: (item) => timeOf(textOf(item.event, 'at'), cli.now()),
          what: (item) => textOf(item.event, 'kind'),
          who: (item) => textOf(item.event, 'client_id') ?? textOf(item.event, 'actor')?.replace(/^user:(?=usr_)/, ''),
          about: (item) => aboutOf(item.event),
        },
      });
    });
}

function textOf(event: Event, name: string): string | undefined {
  const value = event[name];
  return typeof value === 'string' ? value : undefined;
}

/** The time of day today, else the date: `13:22:01`, `2026-11-20`. */
function timeOf(at: string | undefined, now: number): string | undefined {
  const today = new Date(now).toISOString().slice(0, 10);
  return at?.startsWith(today) ? at.slice(11, 19) : at?.slice(0, 10);
}

const NAMED = ['email', 'slug', 'client_id', 'environment', 'grant_id', 'user_id', 'purpose'];
/** Results that repeat what the kind of the event says. */
const PLAIN = ['allowed', 'answered', 'issued'];

/** What an event is about, in a few words: the operations, where, and with what result. */
function aboutOf(event: Event): string {
  const { operations, connection, data, result } = event;
  const done = Array.isArray(operations) ? operations.join(' ') : '';
  const named = isJsonObject(data) ? NAMED.map((name) => data[name]) : [];
  const said = typeof result === 'string' && !PLAIN.includes(result) ? `(${result})` : undefined;
  const words = [done === '' ? undefined : done, connection, ...(done === '' ? named : []), said];
  return words.filter((word) => typeof word === 'string').join(' ');
}
