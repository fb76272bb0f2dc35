import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { record } from '../../output/table.ts';
import { moment } from '../../output/text.ts';
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
        client: task.client_id,
        purpose: task.purpose,
        status: task.status,
        begun: moment(task.created_at),
        'last token': moment(task.last_token_at),
        ends: task.ended_at === null ? `${moment(task.ends_at)}, unless a token is asked for before` : undefined,
        ended: task.ended_at === null ? undefined : `${moment(task.ended_at)} by ${task.ended_by ?? 'time'}`,
      };
      cli.show(task, () => record(fields, cli.out.width));
    });
}
