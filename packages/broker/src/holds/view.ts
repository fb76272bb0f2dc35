import { isAtLeast, type OutputOf, shownSchema } from '@writ/api';
import { digestOf } from '@writ/core';
import { type Hold, releasesOfEach } from '@writ/store';
import { slugsOf } from '../connection-slugs.ts';
import type { Ctx } from '../context.ts';
import { timeOrNull, timeOut } from '../page.ts';

/** What a hold's client may know of it. */
export function ownHoldView(hold: Hold): OutputOf<'self.hold'> {
  const { id, state, waits_for_release, approval_id, operations, request_id, executed_as, status, code, detail } = hold;
  const runs = state === 'waiting' && !waits_for_release;
  return {
    ...{ id, state, says: says(hold), executes_at: runs ? timeOut(hold.executes_at) : null },
    ...{ waits_for_release: state === 'waiting' && waits_for_release, approval_id, operations: [...operations] },
    ...{ created_at: timeOut(hold.created_at), ended_at: timeOrNull(hold.ended_at), status, code, detail },
    ...{ request_id, executed_as },
  };
}

/** The state of a hold, and what to do next. */
export function says(hold: Hold): string {
  const { state, waits_for_release, detail } = hold;
  switch (state) {
    case 'waiting':
      return waits_for_release
        ? 'Not done yet: it waits until a human releases it.'
        : `Not done yet: it is sent at ${timeOut(hold.executes_at)} unless it is cancelled before.`;
    case 'claimed':
      return 'It is being sent now, and can be cancelled no more once that has begun.';
    case 'executed':
      return `It was sent once; the provider answered with status ${hold.status}.`;
    case 'unknown':
      return 'It was sent, and it is not known whether it was done. It is not sent again: look with a read before anything else is.';
    case 'cancelled':
      return `It was cancelled by ${hold.ended_by ?? 'somebody'}; nothing was sent.`;
    case 'refused':
      return `It was not sent: ${detail ?? hold.code}`;
  }
}

/** Another text after everything that changes what a release of it would do. `releases`: who has released it so far. */
export function versionOf(hold: Hold, releases: readonly string[]): string {
  const { digest, state, waits_for_release, executes_at, quorum } = hold;
  return digestOf({ digest, state, waits_for_release, executes_at, quorum, releases: [...releases] }).slice(0, 16);
}

/** A hold as people see it. */
export async function holdView(ctx: Ctx, hold: Hold): Promise<OutputOf<'holds.get'>> {
  const [view] = await holdViews(ctx, [hold]);
  if (view === undefined) throw new TypeError('a hold without a view');
  return view;
}

/** Holds as people see them. Who may not approve is not shown the requests. */
export async function holdViews(ctx: Ctx, holds: readonly Hold[]): Promise<OutputOf<'holds.get'>[]> {
  const { organization_id, store, actor } = ctx;
  const ids = holds.filter(({ state }) => state === 'waiting').map(({ id }) => id);
  const releases = await releasesOfEach(store.db, { organization_id, ids });
  const slugs = await slugsOf(ctx, holds);
  const sees = (actor.kind === 'user' || actor.kind === 'automation') && isAtLeast(actor.role, 'approver');
  return holds.map((hold) => {
    const { id, client_id, act_chain, task_id, minutes, released_by, quorum, sole_approver, ended_by } = hold;
    const users = releases.filter(({ hold_id }) => hold_id === id).map(({ user_id }) => user_id);
    return {
      ...ownHoldView(hold),
      version: versionOf(hold, users),
      ...{ connection: slugs.get(hold.connection_id) ?? '', client_id, act_chain: [...act_chain], task_id, minutes },
      ...{ released_by, quorum, releases: users.map((each) => `user:${each}`), sole_approver, ended_by },
      shown: sees ? (shownSchema.safeParse(hold.shown).data ?? null) : null,
    };
  });
}
