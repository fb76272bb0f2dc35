import type { OutputOf } from '@writ/api';
import { inert } from '@writ/core';
import { record, table } from '../../output/table.ts';
import { duration, moment, wrap, wrapIndented } from '../../output/text.ts';
import { describedParts, renamesText } from '../explain/described.ts';
import { tokenParts } from './token-text.ts';

/** An approval as the API shows it. */
export type Approval = OutputOf<'approvals.get'>;
type Shown = NonNullable<Approval['shown']>;

/** What a state is called at the head of the page. */
const HEADS: Readonly<Record<Approval['state'], string>> = {
  pending: 'WAITS FOR A YES',
  approved: 'APPROVED, not used yet',
  used: 'APPROVED and used',
  denied: 'DENIED',
  expired: 'EXPIRED',
  cancelled: 'CANCELLED',
};

/**
 * An approval as a person reads it before a yes: what was done before, what it would do and where, what goes with it, who asks, and every byte
 * that would be sent. What the client says of itself stands apart.
 */
export function approvalPage(view: Approval, width: number): string {
  const { shown, token } = view;
  const parts = [
    `${HEADS[view.state]}: ${view.operations.map((name) => inert(name)).join(', ')}`,
    ...warnings(view, width),
    factsOf(view, width),
    quotation(view, width),
    ...(shown === null ? [] : shownParts(shown, width)),
    ...(token === null ? [] : tokenParts(token, width)),
    token === null ? '' : callsPart(token, width),
    view.votes.length === 0 ? '' : votesTable(view, width),
    view.state === 'pending' ? nextSteps(view, width) : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What is said first: the same was done just now; who says yes asked for it; nobody can. */
function warnings({ previous, sole_approver, nobody, state }: Approval, width: number): string[] {
  const done = previous?.same_digest === true ? 'The very same request' : 'The same, to the same things,';
  return [
    previous === null ? '' : `${done} was carried out at ${moment(previous.at)}, as ${inert(previous.request_id)}.`,
    sole_approver && state === 'pending'
      ? 'You would approve what you, or somebody of yours, asked for: nobody else can. The log will say so.'
      : '',
    nobody === null ? '' : `Nobody may say yes to it. ${inert(nobody)}`,
  ]
    .filter((text) => text !== '')
    .map((text) => wrap(text, width).join('\n'));
}

function factsOf(view: Approval, width: number): string {
  const { shown, token, kind, connection, act_chain, votes, quorum } = view;
  const asked = (shown ?? token)?.asked_by;
  const client =
    asked === undefined ? view.client_id : `${asked.name} (${view.client_id}, ${asked.kind}), of ${asked.owner}`;
  const yeses = votes.filter(({ yes, counts }) => yes && counts).length;
  return record(
    {
      approval: view.id,
      'asked by': client,
      ...(act_chain.length > 0 && { 'on behalf of': act_chain }),
      task: view.task.id,
      asks:
        kind === 'token' ? 'for a token beyond its grants' : `to send one request to ${connection ?? 'a connection'}`,
      'at, until': `${moment(view.created_at)}, ${moment(view.expires_at)}`,
      requesters: view.requesters.map(({ name }) => name),
      ...(view.state === 'pending' && { 'may say yes': view.approvers.map(({ name }) => name) }),
      ...(quorum > 1 && { needs: `${quorum} people; ${yeses} said yes` }),
      ...(view.hold_minutes > 0 && {
        'once used': `it is held for ${view.hold_minutes} min, in which it can be cancelled`,
      }),
      ...(view.usable_for !== null && { usable: `once, for ${duration(view.usable_for)}` }),
      ...(view.usable_until !== null && { 'usable until': moment(view.usable_until) }),
      ...(view.reason !== null && { reason: view.reason }),
      ...(view.used_at !== null && { used: `${moment(view.used_at)}, as ${view.used_by ?? '-'}` }),
    },
    width,
  );
}

/** What the client says, apart from what Writ found out. */
function quotation({ task }: Approval, width: number): string {
  if (task.purpose === null) return 'The client has not said what for.';
  return [
    'What the client says it is for (its own words, which nobody has checked):',
    ...quoted(task.purpose, width),
  ].join('\n');
}

/** Text of somebody else, each line marked; a line that is too long goes on in the next, marked otherwise. */
function quoted(text: string, width: number): string[] {
  const room = width - 4;
  return text.split('\n').flatMap((line) => {
    const safe = inert(line);
    const count = Math.max(1, Math.ceil(safe.length / room));
    return Array.from(
      { length: count },
      (_, at) => `  ${at === 0 ? '|' : ':'} ${safe.slice(at * room, (at + 1) * room)}`,
    );
  });
}

function shownParts(shown: Shown, width: number): string[] {
  return [
    operationsTable(shown, width),
    shown.left_out === undefined ? '' : `and ${shown.left_out} more, which are not shown: nobody can say yes to it.`,
    ...(shown.blast_radius === null ? [] : describedParts(shown.blast_radius, width)),
    shown.recent_renames.length === 0 ? '' : renamesText(shown, width),
    requestText(shown.request, width),
    callsPart(shown, width),
  ];
}

function operationsTable({ operations }: Shown, width: number): string {
  type Item = Shown['operations'][number];
  const columns = {
    operation: ({ name }: Item) => name,
    effect: ({ effect, base_effect }: Item) =>
      effect === base_effect ? effect : `${effect} (raised from ${base_effect})`,
    'acts on': ({ targets }: Item) =>
      targets.map(({ kind, id, name }) => `${kind}:${id}${name === undefined ? '' : ` (${name})`}`),
    in: ({ environments }: Item) => environments.map(({ slug, kind }) => `${slug} (${kind})`),
  };
  return table(operations, columns, width);
}

/** The last calls of a task as a table; empty where there are none. */
export function callsPart({ last_calls }: Pick<Shown, 'last_calls'>, width: number): string {
  type Item = Shown['last_calls'][number];
  const columns = {
    at: ({ at }: Item) => moment(at),
    result: ({ result }: Item) => result,
    operations: ({ operations }: Item) =>
      operations.map(({ name, effect, environments }) => `${name} (${effect}) ${environments.join(', ')}`),
  };
  return last_calls.length === 0 ? '' : `The task's last calls:\n${table(last_calls, columns, width)}`;
}

/** Every byte that would be sent, but for the root credential. */
function requestText(request: Shown['request'], width: number): string {
  const { body_bytes, body_sha256 } = request;
  return [
    `The request, all of it, to ${inert(request.origin)}:`,
    ...quotedRequest(request, width),
    `Its body has ${body_bytes} bytes${body_sha256 === null ? ', some of them secret.' : '. Its SHA-256:'}`,
    ...(body_sha256 === null ? [] : [`  ${inert(body_sha256)}`]),
  ].join('\n');
}

/** A request as a quotation: its first line, its headers and its body. */
export function quotedRequest(
  { method, path, query, headers, body }: Pick<Shown['request'], 'method' | 'path' | 'query' | 'headers' | 'body'>,
  width: number,
): string[] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const place = query === '' ? path : `${path}?${query.replace(/^\?/, '')}`;
  return quoted([`${method} ${place}`, ...lines, '', body ?? '(its body is no longer kept)'].join('\n'), width);
}

function votesTable({ votes }: Approval, width: number): string {
  type Vote = Approval['votes'][number];
  const columns = {
    who: ({ user }: Vote) => user.name,
    said: ({ yes, counts }: Vote) => `${yes ? 'yes' : 'no'}${counts ? '' : ', which counts no more'}`,
    at: ({ at }: Vote) => moment(at),
  };
  return table(votes, columns, width);
}

/** What an offer would let pass, before the command for it. */
export function offerText({ kind, operation, environment }: Approval['offers'][number]): string {
  const what = `${inert(operation)} in ${inert(environment)}`;
  return kind === 'allowance'
    ? `So that ${what} passes a few more times for this task, whoever may say yes can allow it beforehand:`
    : `So that ${what} needs no yes from now on, an owner can set:`;
}

function nextSteps({ id, kind, offers, may_approve, shown }: Approval, width: number): string {
  const typed = shown?.confirm ?? [];
  const lasting = offers.flatMap((offer) => [...wrapIndented(offerText(offer), width), `  ${inert(offer.command)}`]);
  return [
    ...(typed.length > 0 ? ['A yes takes the name of what is destroyed, typed by you, and your password.'] : []),
    ...(may_approve ? [`  writ approvals approve ${id}`] : []),
    ...(may_approve && kind === 'token'
      ? [`  writ approvals approve ${id} --only connection/environment/operations     (less of it)`]
      : []),
    `  writ approvals deny ${id} --reason "..."`,
    ...lasting,
  ].join('\n');
}
