/**
 * Tells whether something is frozen. The database is asked only about what a request concerns, so that no number of other freezes hides
 * one.
 */
import { inertLine, type TokenHolder, WritError } from '@writ/core';
import { type Freeze, type FreezeSubject, findFreeze } from '@writ/store';
import type { BaseServices } from '../context.ts';

/** What a request concerns. */
export interface RequestSubjects {
  readonly connection_id?: string | undefined;
  readonly client_ids: readonly string[];
  readonly task_id?: string | undefined;
}

type FreezeServices = Pick<BaseServices, 'store' | 'organization_id'>;

/** The newest freeze in force on everything, or on something that is concerned; undefined where there is none. */
export function freezeOn(services: FreezeServices, concerned: RequestSubjects): Promise<Freeze | undefined> {
  const { store, organization_id } = services;
  return findFreeze(store.db, { organization_id, subjects: freezable(services, concerned) });
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

/** The error for a frozen caller. */
export function frozenBy({ scope, reason }: Freeze, holder?: TokenHolder): WritError {
  const what = scope === 'all' ? 'everything' : `this ${scope}`;
  const detail = `An administrator has frozen ${what}: ${inertLine(reason, 200)}`;
  return new WritError('frozen', { detail, ...(holder !== undefined && { holder }) });
}
