import type { OutputOf } from '@writ/api';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { record } from '../../output/table.ts';
import { moment } from '../../output/text.ts';
import { verb } from '../command.ts';
import { stateOf } from './list.ts';

/** `writ holds show`. */
export function showHold(makeCli: CliFactory): Command {
  return verb('show', {
    summary: 'Shows a request that waits for its time, or did.',
    examples: ['writ holds show hld_01jd...'],
  })
    .argument('<hold>', 'its id')
    .action(async (id: string) => {
      const cli = makeCli();
      const hold = await cli.call('holds.get', { id });
      cli.show(hold, () => holdPage(hold, cli.out.width));
    });
}

/** A hold, with what is known of its request, as people read it. */
export function holdPage(hold: OutputOf<'holds.get'>, width: number): string {
  return `${record(fieldsOf(hold), width)}\n\n${hold.says}`;
}

function fieldsOf(hold: OutputOf<'holds.get'>): Record<string, string | undefined> {
  const { shown } = hold;
  return {
    hold: hold.id,
    state: stateOf(hold),
    'sent at': hold.executes_at === null ? undefined : moment(hold.executes_at),
    client: hold.client_id,
    'acts for': hold.act_chain.length === 0 ? undefined : hold.act_chain.join(', '),
    task: hold.task_id,
    purpose: shown?.task.purpose === undefined || shown.task.purpose === null ? undefined : `"${shown.task.purpose}"`,
    connection: hold.connection,
    operations: hold.operations.join(', '),
    on: shown?.operations
      .flatMap(({ targets }) => targets.map(({ kind, id, name }) => `${kind} ${name ?? id}`))
      .join(', '),
    in:
      shown === null
        ? undefined
        : [...new Set(shown.operations.flatMap((one) => one.environments.map(({ slug }) => slug)))].join(', '),
    request: shown === null ? undefined : `${shown.request.method} ${shown.request.path}`,
    body: shown?.request.body || undefined,
    approval: hold.approval_id ?? undefined,
    asked: moment(hold.created_at),
    'released by': hold.released_by ?? undefined,
    ended: hold.ended_at === null ? undefined : moment(hold.ended_at),
    'sent as': hold.executed_as ?? undefined,
  };
}
