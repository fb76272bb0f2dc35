import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';
import { connectionFields } from './show.ts';

/** `writ connections set`: changes where the provider is. */
export function setConnection(makeCli: CliFactory): Command {
  return verb('set', {
    summary: "Changes a connection's base URL. Another origin erases its credentials.",
    examples: ['writ connections set acme --base-url https://api.acme.example'],
  })
    .argument('<connection>')
    .requiredOption('--base-url <url>', 'where the provider is')
    .action(async (connection: string, options: { baseUrl: string }) => {
      const cli = makeCli();
      await cli.agree(`Send ${connection}'s calls to ${options.baseUrl}? Another origin erases its credentials.`);
      const changed = await cli.call('connections.patch', { connection, base_url: options.baseUrl });
      cli.show(changed, () => connectionFields(cli, changed));
    });
}
