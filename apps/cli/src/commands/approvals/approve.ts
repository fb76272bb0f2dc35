import { readFile } from 'node:fs/promises';
import type { RequestOf } from '@writ/api';
import { DETAIL_TYPE, defined, inert } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { scopesOf } from '../../input/scope.ts';
import { moment } from '../../output/text.ts';
import { oneOf, seconds, several, verb } from '../command.ts';
import { type Approval, approvalPage, offerText } from './text.ts';

const RUNS = ['client', 'now'] as const;

interface Options {
  readonly for?: number;
  readonly run?: (typeof RUNS)[number];
  readonly only?: string[];
  readonly details?: string;
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
      "writ approvals approve apr_01jd... --only 'acme/staging/*:read'",
    ],
    notes:
      'What is destroyed in a protected environment is typed, as environment/name. With --stdin each such name is a line, then the password.\nOf a token less than was asked is given with --only or --details: a call must be covered by both.',
  })
    .argument('<approvals...>', 'their ids')
    .option('--for <duration>', 'for how long the client may use it: 15m (if not said) to 1d', seconds)
    .option('--run <how>', 'client: the client repeats it (if not said); now: Writ sends it itself', oneOf(RUNS))
    .option('--only <piece>', 'of a token only this: connection/environment/operations (several times)', several)
    .option('--details <file>', 'of a token only what is in this file: authorization_details, as JSON')
    .action(async (ids: readonly string[], options: Options) => {
      const cli = makeCli();
      const given = await givenBy(options);
      const views: Approval[] = [];
      for (const id of ids) views.push(await cli.call('approvals.get', { id }));
      if (cli.globals.json !== true)
        for (const view of views) cli.out.write(`${cli.called(approvalPage(view, cli.out.width))}\n`);
      const [view, ...more] = views;
      if (view === undefined) return;
      if (more.length > 0 && given !== undefined) throw usage('Give less of one token at a time.');
      if (more.length > 0) await approveAll(cli, ids, views);
      else await approveOne(cli, view, { ...options, given });
    });
}

type Given = RequestOf<'approvals.approve'>['authorization_details'];

/** What is given of a token; undefined where all of what is asked. */
async function givenBy({ only, details }: Options): Promise<Given> {
  if (only !== undefined && details !== undefined) throw usage('Give --only or --details, not both.');
  if (details === undefined) return only && scopesOf(only).map((scope) => ({ type: DETAIL_TYPE, ...scope }));
  const text = await readFile(details, 'utf8').catch(() => undefined);
  if (text === undefined) throw usage(`The file ${details} cannot be read.`);
  try {
    return JSON.parse(text);
  } catch {
    throw usage(`The file ${details} must hold authorization_details as JSON: a list.`);
  }
}

async function approveOne(cli: Cli, view: Approval, options: Options & { readonly given: Given }): Promise<void> {
  const { id, version } = view;
  const confirm: string[] = [];
  // Typed by the person, never copied from the answer: to have read the name is the point of it.
  for (const wanted of view.shown?.confirm ?? []) confirm.push(await typed(cli, wanted));
  const input: RequestOf<'approvals.approve'> = {
    id,
    seen: version,
    ...(confirm.length > 0 && { confirm }),
    ...defined({ usable_for: options.for, run: options.run, authorization_details: options.given }),
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

async function approveAll(cli: Cli, ids: readonly string[], views: readonly Approval[]): Promise<void> {
  const seen = Object.fromEntries(ids.map((id, at) => [id, views[at]?.version ?? '']));
  const after = await cli.call('approvals.approve_all', { ids: [...ids], seen });
  cli.show(after, () => cli.called(after.items.map(outcomeOf).join('\n')));
}

/** What became of it, and what happens next. */
function outcomeOf(approval: Approval): string {
  const { id, kind, state, run, usable_until, quorum, votes, hold_minutes } = approval;
  if (state === 'pending')
    return `You have said yes to ${id}. It takes ${quorum} people, and ${votes.filter(({ yes, counts }) => yes && counts).length} have.`;
  if (kind === 'token')
    return `${id} is approved: the client can come for its token, once, until ${moment(usable_until)}. Take it back with: writ approvals deny ${id}`;
  if (run === 'now') {
    const when = hold_minutes > 0 ? `in ${hold_minutes} min, unless it is cancelled before` : 'now, once';
    return `${id} is approved: Writ sends the request itself ${when}. See: writ holds list --all`;
  }
  const held = hold_minutes > 0 ? ` It is then held for ${hold_minutes} min.` : '';
  return `${id} is approved: the client can repeat its request, once, until ${moment(usable_until)}.${held} Take it back with: writ approvals deny ${id}`;
}
