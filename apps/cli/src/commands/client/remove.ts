import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ client remove`. */
export function removeClient(makeCli: CliFactory): Command {
  return verb('remove', {
    summary: 'Removes a client; its tokens stop at once, and its id is never used again.',
    examples: ['writ client remove my-agent'],
  })
    .argument('<client>')
    .action(async (id: string) => {
      const cli = makeCli();
      await cli.agree(`Remove the client ${id}? Its tokens stop at once.`);
      await cli.call('clients.delete', { id });
      cli.show({ client_id: id }, () => `${id} is removed; its tokens are good for nothing.`);
    });
}
