import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { seconds, verb } from '../command.ts';

interface Options {
  readonly before: string;
}

/** Why a prune removed less than was asked for. */
const LIMITS: Readonly<Record<string, string>> = {
  checkpoint:
    'Later entries are in no checkpoint that was handed out: run `writ audit checkpoint --out FILE`, keep it elsewhere, and prune again.',
  open_request: 'The next entry is of a request that was allowed, and of which nobody knows how it ended.',
  size: 'There are more: prune again.',
  earlier_prune: 'An earlier prune was not finished; this goes on with it. Prune again for what you asked.',
};

/** `writ audit prune`: removes the beginning of the log, behind a checkpoint that was kept elsewhere. */
export function auditPrune(makeCli: CliFactory): Command {
  return verb('prune', {
    summary:
      'Removes the oldest entries of the audit log. What remains can still be proved, and says what was removed.',
    examples: ['writ audit checkpoint --out checkpoint.txt', 'writ audit prune --before 90d'],
    notes:
      'For owners. Nothing younger than 30 days is removed, nothing beyond the last checkpoint that `writ audit checkpoint` fetched,\nand nothing that an open request needs. Every other owner is told. Export the entries first if they are to be kept.',
  })
    .requiredOption('--before <time>', 'a moment such as 2026-09-01T00:00:00Z, or how long ago: 90d')
    .action(async ({ before }: Options) => {
      const cli = makeCli();
      const answer = await cli.call('audit.prune', { before: momentOf(before, cli.now()) });
      cli.show(answer, () => {
        const { count, first, last, done, limited_by } = answer;
        const what = count === 0 ? 'Nothing was removed.' : `Removed: entries ${first} to ${last}, ${count} in all.`;
        const rest = done ? [] : ['The broker goes on removing them; they count as gone already.'];
        const limit = LIMITS[limited_by ?? ''];
        return [what, ...rest, ...(limit === undefined ? [] : [limit])].join('\n');
      });
    });
}

function momentOf(text: string, now: number): string {
  if (/^\d+[a-z]+$/.test(text)) return new Date(now - seconds(text) * 1000).toISOString();
  const moment = Date.parse(text);
  if (Number.isNaN(moment))
    throw usage(`--before "${text}" is neither a moment such as 2026-09-01T00:00:00Z nor how long ago, such as 90d.`);
  return new Date(moment).toISOString();
}
