import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { record } from '../../output/table.ts';
import { moment } from '../../output/text.ts';
import { callsPart } from '../approvals/text.ts';
import { verb } from '../command.ts';

/** `writ tasks show`. */
export function showTask(makeCli: CliFactory): Command {
  return verb('show', { summary: 'Shows a task.', examples: ['writ tasks show tsk_01jd...'] })
    .argument('<task>', 'its id')
    .action(async (id: string) => {
      const cli = makeCli();
      const task = await cli.call('tasks.get', { id });
      const fields = {
        task: task.id,
        client:
          task.client === null ? `${task.client_id}, which was removed` : `${task.client_id} (${task.client.name})`,
        purpose: task.purpose,
        status: task.status,
        begun: moment(task.created_at),
        'last token': moment(task.last_token_at),
        ends: task.ended_at === null ? `${moment(task.ends_at)}, unless a token is asked for before` : undefined,
        frozen: task.frozen === null ? undefined : `${task.frozen.id}: ${task.frozen.reason}`,
        tokens: `${counted(task.tokens.issued)} issued, ${counted(task.tokens.live)} live`,
        approvals: `${counted(task.approvals.asked)} asked for, ${counted(task.approvals.pending)} pending`,
        holds: `${counted(task.holds.made)} made, ${counted(task.holds.waiting)} waiting`,
        allowances: `${counted(task.allowances.open)} open`,
        ended: task.ended_at === null ? undefined : `${moment(task.ended_at)} by ${task.ended_by ?? 'time'}`,
      };
      const { width } = cli.out;
      cli.show(task, () => [record(fields, width), callsPart(task, width)].filter(Boolean).join('\n\n'));
    });
}

/** A number of the API, which is not counted beyond 1000. */
function counted(number: number): string {
  return number < 1000 ? String(number) : '1000 or more';
}
