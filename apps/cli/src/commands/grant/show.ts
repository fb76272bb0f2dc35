import { compactScope, limitText } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { record } from '../../output/table.ts';
import { duration, moment } from '../../output/text.ts';
import { verb } from '../command.ts';

/** `writ grant show`. */
export function showGrant(makeCli: CliFactory): Command {
  return verb('show', { summary: 'Shows a grant.', examples: ['writ grant show grt_01jd...'] })
    .argument('<grant>', 'its id')
    .action(async (id: string) => {
      const cli = makeCli();
      const grant = await cli.call('grants.get', { id });
      const conditions = Object.entries(grant.arguments ?? {}).map(
        ([operation, paths]) => `${operation} ${JSON.stringify(paths)}`,
      );
      const fields = {
        grant: grant.id,
        name: grant.name,
        client: grant.client_id,
        allows: compactScope(grant).map((piece) => `${grant.connection}/${piece}`),
        'only resources': grant.resources,
        'only arguments': conditions,
        'at most': grant.limits?.map(limitText),
        'tokens live': `at most ${duration(grant.max_ttl_seconds)}`,
        until: moment(grant.expires_at),
        note: grant.note,
        made: `${moment(grant.created_at)} by ${grant.created_by}`,
        changed: moment(grant.updated_at),
        used: grant.last_used_at === null ? 'never' : moment(grant.last_used_at),
      };
      cli.show(grant, () => record(fields, cli.out.width));
    });
}
