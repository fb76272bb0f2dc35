/** What every owner is told of that another user did: something is guarded less, somebody can sign in
 * who could not, or as more, or somebody may have a copy of a passkey. */
import type { AuditKind } from '@writ/core';
import type { LoggedEvent } from '@writ/store';
import { dataOf } from './data.ts';

/** What owners are told of an event. */
export interface OwnersNotice {
  readonly title: string;
  /** What is said first: a name and a value. */
  readonly facts: readonly (readonly [string, string])[];
  /** The path of a page about it, with an id alone. Opening it changes nothing. */
  readonly page?: string;
  /** A command by which it can be taken back. */
  readonly undo?: string;
}

/** The kinds of events of which owners may be told: all of them are rare. */
export const OWNERS_KINDS: readonly AuditKind[] = [
  'environment.changed',
  'environment.created',
  'environment.imported',
  'guardrails.replaced',
  'operation.admitted',
  'passkey.refused',
  'user.changed',
  'user.created',
  'user.reset',
];

/** Those of them that a user of any role is told of whom they concern. */
export const CONCERNING_KINDS = ['passkey.refused'] as const satisfies readonly AuditKind[];

/** The kinds of events that `writ guardrail undo` takes back. */
export const UNDOABLE_KINDS = ['guardrails.replaced', 'environment.changed'] as const satisfies readonly AuditKind[];

/** What owners are told of an event; undefined for what they need not know. */
export function ownersNotice(event: Pick<LoggedEvent, 'kind' | 'event' | 'request_id' | 'connection'>) {
  return loosened(event) ?? aboutUser(event);
}

function loosened({ kind, event, request_id, connection }: Parameters<typeof ownersNotice>[0]) {
  const data = dataOf(event);
  const said = Array.isArray(data['loosened']) ? data['loosened'].filter((one) => typeof one === 'string') : [];
  if (said.length === 0) return undefined;
  const isUndoable = UNDOABLE_KINDS.some((one) => one === kind) && request_id !== null;
  const notice: OwnersNotice = {
    title: 'Something is guarded less than before',
    facts: [['Guarded less', said.slice(0, 5).join('; ')]],
    ...(isUndoable && { page: `/guardrails/undo?request=${request_id}`, undo: `writ guardrail undo ${request_id}` }),
    ...(kind === 'operation.admitted' && { undo: `writ operations unset ${connection ?? ''} NAME` }),
    ...(kind === 'environment.created' && { undo: `writ env remove ${connection ?? ''} ${textOf(data['slug'])}` }),
    ...(kind === 'environment.imported' && { undo: `writ env list ${connection ?? ''}` }),
  };
  return notice;
}

const USERS: Readonly<Record<string, string>> = {
  'user.created': 'A user was invited',
  'user.reset': 'A user is to choose a new password',
  'user.changed': 'A user was given another role',
  'passkey.refused': 'A passkey was refused: somebody may have a copy of it',
};

/** Whom one who asks invites, resets or gives a role counts as the one who asks for a week: so others have to hear of it. */
function aboutUser({ kind, event }: Parameters<typeof ownersNotice>[0]): OwnersNotice | undefined {
  const title = USERS[kind];
  const { user_id, role, role_before, passkey_id } = dataOf(event);
  if (title === undefined || (kind === 'user.changed' && role === role_before)) return undefined;
  const id = textOf(user_id);
  const roles = [role_before, role].map(textOf).filter((one) => one !== '');
  return {
    title,
    facts: [
      ['User', id],
      ...(roles.length > 0 ? ([['Role', roles.join(', then ')]] as const) : []),
      ...(kind === 'passkey.refused' ? ([['Passkey', textOf(passkey_id)]] as const) : []),
    ],
    ...(kind === 'user.created' && { undo: `writ user remove ${id}` }),
    ...(kind === 'user.changed' && { undo: `writ user role ${id} ${textOf(role_before)}` }),
  };
}

/** Whom an event concerns although they did it themselves, or seem to have: the user whose passkey somebody may have a copy of. */
export function concernedBy({ kind, event }: Pick<LoggedEvent, 'kind' | 'event'>): string | undefined {
  const { user_id } = dataOf(event);
  return CONCERNING_KINDS.some((one) => one === kind) && typeof user_id === 'string' ? user_id : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
