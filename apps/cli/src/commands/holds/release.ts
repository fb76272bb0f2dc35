import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { verb } from '../command.ts';
import { holdPage } from './show.ts';

/** `writ holds release`. */
export function releaseHold(makeCli: CliFactory): Command {
  return verb('release', {
    summary: 'Sends a request before its time, or after a freeze or an outage, after showing it.',
    examples: ['writ holds release hld_01jd...'],
  })
    .argument('<hold>', 'its id, as `writ holds list` shows it')
    .action(async (id: string) => {
      const cli = makeCli();
      const before = await cli.call('holds.get', { id });
      if (cli.globals.json !== true) cli.out.write(`${cli.called(holdPage(before, cli.out.width))}\n`);
      const hold = await cli.call('holds.release', { id, seen: before.version });
      const at = hold.executes_at === null ? 'now' : `at ${moment(hold.executes_at)}`;
      const more = `You have released ${hold.id}. It takes ${hold.quorum} people, and ${hold.releases.length} have.`;
      const isReleased = hold.releases.length === 0 || hold.releases.length >= hold.quorum;
      cli.show(hold, () => (isReleased ? `${hold.id} is released; it is sent ${at}.` : more));
    });
}
