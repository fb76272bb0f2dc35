import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { verb } from '../command.ts';

/** `writ grant revoke`. */
export function revokeGrant(makeCli: CliFactory): Command {
  return verb('revoke', {
    summary: 'Takes grants back; live tokens lose them on their next request.',
    examples: ['writ grant revoke grt_01jd...'],
  })
    .argument('<grant...>', 'their ids')
    .action(async (ids: string[]) => {
      const cli = makeCli();
      for (const id of ids) await cli.call('grants.delete', { id });
      cli.show({ revoked: ids }, () => `Taken back: ${ids.join(', ')}. Live tokens lose it on their next request.`);
    });
}
