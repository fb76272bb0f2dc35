import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

/** `writ notifications list`. */
export function listNotifications(makeCli: CliFactory): Command {
  const command = verb('list', {
    summary: 'Lists where people are told, and whether messages arrive there.',
    examples: ['writ notifications list'],
  });
  return paged(command).action(async (options: PageOptions) => {
    const cli = makeCli();
    showPage(cli, await cli.call('notifications.list', pageInput(options)), {
      empty: 'Nobody is told of anything. Add somebody with: writ notifications add',
      columns: {
        id: (one) => one.id,
        name: (one) => one.name,
        to: (one) => `${one.kind} ${one.target}`,
        events: (one) => one.events.join(' '),
        'last sent': (one) => (one.last_sent_at === null ? undefined : moment(one.last_sent_at)),
        failing: (one) => failingOf(one),
      },
    });
  });
}

function failingOf(one: {
  readonly failing_since: string | null;
  readonly last_error: string | null;
  readonly given_up: number;
}): string | undefined {
  if (one.failing_since === null) return one.given_up > 0 ? `${one.given_up} never arrived` : undefined;
  const lost = one.given_up > 0 ? ` ${one.given_up} never arrived.` : '';
  return `since ${moment(one.failing_since)}: ${one.last_error ?? ''}${lost}`;
}
