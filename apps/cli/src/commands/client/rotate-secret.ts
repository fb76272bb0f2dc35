import { Secret } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { withNewSecretFile } from '../../input/secret-file.ts';
import { verb } from '../command.ts';

/** `writ client rotate-secret`. */
export function rotateSecret(makeCli: CliFactory): Command {
  return verb('rotate-secret', {
    summary: 'Makes a new secret, told once; the old one stops at once.',
    examples: ['writ client rotate-secret my-agent', 'writ client rotate-secret my-agent --out my-agent.secret'],
  })
    .argument('<client>')
    .option('--out <file>', 'write the secret to this new file, mode 600, and do not print it')
    .action(async (id: string, options: { out?: string }) => {
      const cli = makeCli();
      await withNewSecretFile(options.out, async (keep) => {
        const made = await cli.call('clients.rotate_secret', { id });
        await keep(new Secret(made.client_secret, 'client secret'));
        if (options.out === undefined)
          cli.show(made, () => `The new secret of ${id}, told this once:\n${made.client_secret}`);
        else cli.show({ client_id: id }, () => `The new secret of ${id} is in ${options.out}.`);
      });
    });
}
