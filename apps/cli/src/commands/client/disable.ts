import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ client disable`. */
export function disableClient(makeCli: CliFactory): Command {
  return verb('disable', {
    summary: 'Stops a client: it gets no tokens, and those it has are refused.',
    examples: ['writ client disable my-agent'],
  })
    .argument('<client>')
    .action((id: string) => set(makeCli, { id, disabled: true }));
}

/** `writ client enable`. */
export function enableClient(makeCli: CliFactory): Command {
  return verb('enable', { summary: 'Lets a disabled client work again.', examples: ['writ client enable my-agent'] })
    .argument('<client>')
    .action((id: string) => set(makeCli, { id, disabled: false }));
}

async function set(makeCli: CliFactory, change: { readonly id: string; readonly disabled: boolean }): Promise<void> {
  const cli = makeCli();
  const client = await cli.call('clients.patch', change);
  cli.show(client, () => `${client.client_id} is ${client.disabled_at === null ? 'enabled' : 'disabled'}.`);
}
