import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ env protect`. */
export function protectEnvironment(makeCli: CliFactory): Command {
  return verb('protect', {
    summary: 'Protects an environment: revealing, executing, destroying and escalating in it wait for a human.',
    examples: ['writ env protect acme production'],
  })
    .argument('<connection>')
    .argument('<environment>')
    .action((connection: string, environment: string) => set(makeCli, { connection, environment, protected: true }));
}

/** `writ env unprotect`. */
export function unprotectEnvironment(makeCli: CliFactory): Command {
  return verb('unprotect', {
    summary: 'Takes the protection off an environment.',
    examples: ['writ env unprotect acme sandbox'],
  })
    .argument('<connection>')
    .argument('<environment>')
    .action((connection: string, environment: string) => set(makeCli, { connection, environment, protected: false }));
}

type Protection = { readonly connection: string; readonly environment: string; readonly protected: boolean };

async function set(makeCli: CliFactory, wanted: Protection): Promise<void> {
  const cli = makeCli();
  const { connection, environment } = wanted;
  if (!wanted.protected) await cli.agree(`Take the protection off ${environment} of ${connection}?`);
  const changed = await cli.call('environments.patch', wanted);
  cli.show(changed, () => `${environment} of ${connection} is ${changed.protected ? 'protected' : 'not protected'}.`);
}
