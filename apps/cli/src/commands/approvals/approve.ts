import type { RequestOf } from '@writ/api';
import { defined, inert } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { oneOf, seconds, verb } from '../command.ts';
import { type Approval, approvalPage, offerText } from './text.ts';

const RUNS = ['client', 'now'] as const;

interface Options {
  readonly for?: number;
  readonly run?: (typeof RUNS)[number];
}

/** `writ approvals approve`: shows what would be done, asks for what is destroyed and for the password. */
export function approve(makeCli: CliFactory): Command {
  return verb('approve', {
    summary:
      'Says yes, once, after showing what would be done. Of several requests all or none, and nothing that destroys.',
    examples: [
      'writ approvals approve apr_01jd...',
      'writ approvals approve apr_01jd... --for 2h',
      'writ approvals approve apr_01jd... --run now',
    ],
    notes:
      'What is destroyed in a protected environment is typed, as environment/name. With --stdin each such name is a line, then the password.',
  })
    .argument('<approvals...>', 'their ids')
    .option('--for <duration>', 'for how long the client may use it: 15m (if not said) to 1d', seconds)
    .option('--run <how>', 'client: the client repeats it (if not said); now: Writ sends it itself', oneOf(RUNS))
    .action(async (ids: readonly string[], options: Options) => {
      const cli = makeCli();
      const views: Approval[] = [];
      for (const id of ids) views.push(await cli.call('approvals.get', { id }));
      if (cli.globals.json !== true)
        for (const view of views) cli.out.write(`${cli.called(approvalPage(view, cli.out.width))}\n`);
      const [view, ...more] = views;
      if (view === undefined) return;
      if (more.length > 0) await approveAll(cli, ids);
      else await approveOne(cli, view, options);
    });
}

async function approveOne(cli: Cli, view: Approval, options: Options): Promise<void> {
  const { id, version } = view;
  const confirm: string[] = [];
  // Typed by the person, never copied from the answer: to have read the name is the point of it.
  for (const wanted of view.shown?.confirm ?? []) confirm.push(await typed(cli, wanted));
  const input: RequestOf<'approvals.approve'> = {
    id,
    seen: version,
    ...(confirm.length > 0 && { confirm }),
    ...defined({ usable_for: options.for, run: options.run }),
  };
  const after = await cli.call('approvals.approve', input);
  cli.show(after, () => cli.called([outcomeOf(after), ...beforehand(after)].join('\n')));
}

/** How to allow the same beforehand, where that may be. */
function beforehand({ offers }: Approval): string[] {
  const offer = offers.find(({ kind }) => kind === 'allowance');
  return offer === undefined ? [] : [offerText(offer), `  ${inert(offer.command)}`];
}

function typed(cli: Cli, wanted: string): Promise<string> {
  const check = (answer: string): string | undefined =>
    answer === wanted ? undefined : `That is not what would be destroyed: ${inert(wanted)}. Nothing was approved.`;
  return cli.prompt.line('Type environment/name of what would be destroyed', check);
}

async function approveAll(cli: Cli, ids: readonly string[]): Promise<void> {
  const after = await cli.call('approvals.approve_all', { ids: [...ids] });
  cli.show(after, () => cli.called(after.items.map(outcomeOf).join('\n')));
}

/** What became of it, and what happens next. */
function outcomeOf({ id, state, run, usable_until, quorum, votes, hold_minutes }: Approval): string {
  if (state === 'pending')
    return `You have said yes to ${id}. It takes ${quorum} people, and ${votes.filter(({ yes, counts }) => yes && counts).length} have.`;
  if (run === 'now') {
    const when = hold_minutes > 0 ? `in ${hold_minutes} min, unless it is cancelled before` : 'now, once';
    return `${id} is approved: Writ sends the request itself ${when}. See: writ holds list --all`;
  }
  const held = hold_minutes > 0 ? ` It is then held for ${hold_minutes} min.` : '';
  return `${id} is approved: the client can repeat its request, once, until ${moment(usable_until)}.${held} Take it back with: writ approvals deny ${id}`;
}
