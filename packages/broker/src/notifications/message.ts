/** What a message says of an event, whatever way it goes. All text in it is inert, and none of it is a secret. */
import type { StreamedEvent } from '@writ/api';
import { type AuditKind, defined, inertLine } from '@writ/core';
import type { LoggedEvent } from '@writ/store';
import { actorName } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { viewOf } from '../events/view.ts';
import { dataOf } from '../logged/data.ts';
import { ownersNotice } from '../logged/owners.ts';

/** A message. */
export interface Message {
  /** The same each time it is sent: by it a receiver knows what it has had before. */
  readonly id: string;
  readonly event: StreamedEvent;
  readonly title: string;
  /** What is known, in order: a name and a value. */
  readonly facts: readonly (readonly [string, string])[];
  /** A page that shows it. Opening it changes nothing. */
  readonly link?: string;
  /** A command by which a change can be taken back. */
  readonly undo?: string;
}

/** The titles of kinds that people wait for; of any other, its own words. */
const TITLES: Readonly<Record<string, string>> = {
  'approval.requested': 'A request waits for approval',
  'approval.approved': 'A request was approved',
  'approval.denied': 'A request was denied',
  'approval.expiring': 'A request that waits for approval is about to expire',
  'approval.expired': 'A request that waited for approval has expired',
  'approval.used': 'An approval was used',
  'allowance.created': 'Somebody said yes beforehand',
  'allowance.used': 'A yes given beforehand was used',
  'allowance.ended': 'A yes given beforehand has ended',
  'hold.created': 'A request waits out its window and can be cancelled',
  'hold.cancelled': 'A held request was cancelled',
  'hold.expiring': 'A held request that waits for its release is about to be refused',
  'hold.released': 'A held request was released',
  'hold.executed': 'A held request was sent',
  'hold.refused': 'A held request was refused when its time came',
  'hold.unknown': 'It is not known whether a held request was sent',
  'freeze.created': 'A freeze was begun',
  'freeze.lifted': 'A freeze was lifted',
  'task.frozen': 'Writ froze a task by itself',
  'guardrails.replaced': 'Guardrails were changed',
  'notification.given_up': 'A message could not be delivered',
  'notification.changed': 'What is told here, or where it is told, was changed',
  'notification.deleted': 'Nothing is told here any more',
  'notification.tested': 'This is a test',
};

/** Makes the message of an event. */
export function messageOf(
  { config }: { readonly config: { readonly publicUrl: string } },
  logged: LoggedEvent,
): Message {
  const event = viewOf(logged);
  const notice = ownersNotice(logged);
  const { asks, allows } = dataOf(logged.event);
  const isToken = asks === 'token' && event.kind === 'approval.requested';
  const usual = isToken ? 'A client asks for a token beyond its grants' : TITLES[event.kind];
  const title = notice?.title ?? usual ?? wordsOf(event.kind);
  const { client_id, task_id, connection, operations, result, actor, approval_id, hold_id, freeze_id, request_id, at } =
    event;
  const known: readonly (readonly [string, string | undefined])[] = [
    ...(notice?.facts ?? []),
    ['Operations', operations && someOf(operations, ', ')],
    ['Asks for', isToken && Array.isArray(allows) ? someOf(allows, '; ') : undefined],
    ['Connection', connection],
    ['Client', client_id],
    ['Task', task_id],
    ['By', actor],
    ['Result', result],
    ['Approval', approval_id],
    ['Allowance', event.allowance_id],
    ['Hold', hold_id],
    ['Freeze', freeze_id],
    ['Request', request_id],
    ['At', at],
  ];
  const facts = known.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, inertLine(value, 300)] as const],
  );
  const link = notice?.page === undefined ? linkOf(config.publicUrl, event) : `${config.publicUrl}${notice.page}`;
  const id = `evt_${logged.seq}_${logged.hash.replace(/[^A-Za-z0-9]/g, '').slice(0, 16)}`;
  return { id, event, title, facts, ...defined({ link, undo: notice?.undo }) };
}

/** Makes a message about the place that it goes to itself, which is sent at once. */
export function ownMessage(ctx: Ctx<AdminActor>, kind: AuditKind): Message {
  const { request_id } = ctx;
  const at = new Date(ctx.now()).toISOString();
  const actor = actorName(ctx.actor);
  const facts = [
    ['By', actor],
    ['Request', request_id],
    ['At', at],
  ] as const;
  const title = TITLES[kind] ?? wordsOf(kind);
  return { id: `evt_${request_id}`, event: { id: 0, at, kind, actor, request_id }, title, facts };
}

function linkOf(origin: string, { approval_id, hold_id, task_id }: StreamedEvent): string | undefined {
  if (approval_id !== undefined) return `${origin}/approvals/${encodeURIComponent(approval_id)}`;
  if (hold_id !== undefined) return `${origin}/holds/${encodeURIComponent(hold_id)}`;
  return task_id === undefined ? undefined : `${origin}/tasks/${encodeURIComponent(task_id)}`;
}

/** The first five, and how many there are besides: what is not named is not hidden. */
function someOf(all: readonly unknown[], between: string): string {
  const more = all.length > 5 ? [`and ${all.length - 5} more`] : [];
  return [...all.slice(0, 5), ...more].join(between);
}

function wordsOf(kind: string): string {
  const words = kind.replace(/[._]/g, ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
