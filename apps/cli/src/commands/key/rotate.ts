import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { table } from '../../output/table.ts';
import { moment } from '../../output/text.ts';
import { oneOf, verb } from '../command.ts';
import { KEY_COLUMNS } from './list.ts';

/** `writ key rotate`. */
export function rotateKeys(makeCli: CliFactory): Command {
  return verb('rotate', {
    summary: 'Publishes the next key that signs access tokens; it signs once verifiers can know it.',
    examples: ['writ key rotate', 'writ key rotate --alg RS256'],
    notes: 'Keys are rotated every 30 days without being asked. If a key has leaked, use `writ key compromise`.',
  })
    .option('--alg <alg>', 'which key set: ES256 or RS256', oneOf(['ES256', 'RS256']), 'ES256')
    .action(async ({ alg }: { readonly alg: 'ES256' | 'RS256' }) => {
      const cli = makeCli();
      const answer = await cli.call('keys.rotate', { alg });
      cli.show(
        answer,
        () => `The next key signs from ${moment(answer.signs_at)}.\n${table(answer.items, KEY_COLUMNS, cli.out.width)}`,
      );
    });
}
