import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ tasks end`. */
export function endTask(makeCli: CliFactory): Command {
  return verb('end', { summary: 'Ends a task; its tokens stop at once.', examples: ['writ tasks end tsk_01jd...'] })
    .argument('<task>', 'its id')
    .action(async (id: string) => {
      const cli = makeCli();
      const task = await cli.call('tasks.end', { id });
      cli.show(task, () => `${task.id} has ended; its tokens are refused.`);
    });
}
