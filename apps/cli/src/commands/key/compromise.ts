import { counted } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { table } from '../../output/table.ts';
import { verb } from '../command.ts';
import { KEY_COLUMNS } from './list.ts';

/** `writ key compromise`. */
export function compromiseKey(makeCli: CliFactory): Command {
  return verb('compromise', {
    summary: 'Stops a key that has leaked: every token it signed is refused at once, and another key signs.',
    examples: ['writ key compromise NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'],
    notes: 'It cannot be taken back. Verifiers that remember the old keys refuse new tokens until they ask again.',
  })
    .argument('<key>', 'its id, as `writ key list` shows it')
    .action(async (kid: string) => {
      const cli = makeCli();
      await cli.agree(`Refuse every access token that the key ${kid} has signed, from now on?`);
      const answer = await cli.call('keys.compromise', { kid });
      cli.show(
        answer,
        () =>
          `${counted(answer.revoked, 'token is', 'tokens are')} refused from now on. The keys now:\n${table(answer.items, KEY_COLUMNS, cli.out.width)}`,
      );
    });
}
