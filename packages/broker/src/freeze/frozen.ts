/**
 * Tells whether something is frozen. The database is asked only about what a request concerns, so that no number of other freezes hides
 * one.
 */
import { inertLine, type TokenHolder, WritError } from '@writ/core';
import { type Db, type Freeze, type FreezeSubject, findFreeze, frozenBetween } from '@writ/store';
import type { BaseServices } from '../context.ts';

/** What a request concerns: `client_ids` are the caller's and those of its act chain. */
export interface RequestSubjects {
  readonly connection_id?: string | undefined;
  readonly client_ids: readonly string[];
  readonly task_id?: string | undefined;
}

type FreezeServices = Pick<BaseServices, 'store' | 'organization_id'>;

/**
 * The newest freeze in force on everything, or on something that is concerned; undefined where there is none. `db`: the transaction in
 * which to look; by default in none.
 */
export function freezeOn(
  services: FreezeServices,
  concerned: RequestSubjects,
  db: Db = services.store.db,
): Promise<Freeze | undefined> {
  const { organization_id } = services;
  return findFreeze(db, { organization_id, subjects: freezable(services, concerned) });
}

/**
 * For how long everything, or something that is concerned, was frozen since a moment, until now: milliseconds, both by the database's
 * clock. What was frozen twice at a time counts once. `since` in milliseconds.
 */
export function frozenFor(
  services: FreezeServices,
  concerned: RequestSubjects & { readonly since: number },
  db: Db = services.store.db,
): Promise<number> {
  const { organization_id } = services;
  return frozenBetween(db, { organization_id, subjects: freezable(services, concerned), since: concerned.since });
}

/** The subjects of a freeze that would stop the request. */
export function freezable(
  { organization_id }: Pick<FreezeServices, 'organization_id'>,
  { connection_id, client_ids, task_id }: RequestSubjects,
): FreezeSubject[] {
  const subjects: FreezeSubject[] = [
    { scope: 'all', subject: organization_id },
    ...client_ids.map((subject) => ({ scope: 'client' as const, subject })),
  ];
  if (connection_id !== undefined) subjects.push({ scope: 'connection', subject: connection_id });
  if (task_id !== undefined) subjects.push({ scope: 'task', subject: task_id });
  return subjects;
}

/** Throws `WritError` (`frozen`) when a freeze is in force on everything, or on something that is concerned. */
export async function refuseFrozen(services: FreezeServices, concerned: RequestSubjects): Promise<void> {
  const freeze = await freezeOn(services, concerned);
  if (freeze !== undefined) throw frozenBy(freeze);
}

/** The error for a frozen caller: why, never by whom, who may be a person of any role or Writ itself. */
export function frozenBy(
  { scope, subject, reason }: Pick<Freeze, 'scope' | 'subject' | 'reason'>,
  holder?: TokenHolder,
): WritError {
  // A client that was frozen may be another one than the caller: one that delegated to it.
  const what = { all: 'Everything', connection: 'This connection', client: `The client ${subject}`, task: 'This task' };
  const detail = `${what[scope]} was frozen: ${sentence(inertLine(reason, 500))}`;
  return new WritError('frozen', { detail, ...(holder !== undefined && { holder }) });
}

/** Text with a full stop, so that the next sentence begins after it. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
