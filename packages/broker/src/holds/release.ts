import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { getApproval, getHold, type Hold, listVotes, releaseHold as releaseRow } from '@writ/store';
import { assertedBy } from '../assertion/asserted-by.ts';
import { actorName, change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { freezeOn, frozenBy, frozenFor } from '../freeze/frozen.ts';
import { holdChange, holdEvent } from '../kept/hold.ts';
import { requestersOf, whoMay } from '../requesters/who.ts';
import { demandHold } from './list.ts';
import { holdView, says } from './view.ts';

/**
 * Lets a hold go on: before its time, or after a freeze or an outage. That is a yes like that to an approval. Before its time it takes another
 * one than who approved it; who approved it may release it after a freeze, and then the rest of its window is still to run. Throws `not_found`,
 * `forbidden`, `assertion_required`, `frozen`, or `conflict` for one that does not wait.
 */
export async function releaseHold(
  ctx: Ctx<UserActor>,
  input: InputOf<'holds.release'>,
): Promise<OutputOf<'holds.release'>> {
  const { organization_id, actor, store } = ctx;
  const assertion = assertedBy(ctx);
  const hold = await demandHold(ctx, input.id);
  if (hold.state !== 'waiting') throw waitsNot(hold);
  const subjects = {
    connection_id: hold.connection_id,
    client_ids: [hold.client_id, ...hold.act_chain],
    task_id: hold.task_id,
  };
  const freeze = await freezeOn(ctx, subjects);
  if (freeze !== undefined) throw frozenBy(freeze);
  const { approvers, nobody } = await whoMay(store.db, await questionOf(ctx, hold));
  if (!approvers.includes(actor.user_id)) {
    throw new WritError('forbidden', {
      detail: nobody ?? 'You count as one of those who asked for it: another person must release it.',
    });
  }
  const said = await saidYes(ctx, hold);
  if (said && !hold.waits_for_release) {
    throw new WritError('forbidden', { detail: 'You approved it: before its time another person must release it.' });
  }
  const frozen_ms = said ? await frozenFor(ctx, { ...subjects, since: hold.created_at }) : undefined;
  const released = await change(ctx, async (tx) => {
    const row = await releaseRow(tx, { organization_id, id: hold.id, released_by: actorName(actor), frozen_ms });
    if (row === undefined) throw waitsNot((await getHold(tx, { organization_id, id: hold.id })) ?? hold);
    const data = { assertion, early: !hold.waits_for_release };
    return { result: row, happened: holdEvent('hold.released', { hold: row, data }), changes: [holdChange(row)] };
  });
  return await holdView(ctx, released);
}

function waitsNot(hold: Hold): WritError {
  return new WritError('conflict', { detail: `${hold.id} does not wait. ${says(hold)}` });
}

/** Whether the caller is one of those who approved it. */
async function saidYes({ organization_id, store, actor }: Ctx<UserActor>, { approval_id }: Hold): Promise<boolean> {
  if (approval_id === null) return false;
  const votes = await listVotes(store.db, { organization_id, ids: [approval_id] });
  return votes.some(({ user_id, yes }) => yes && user_id === actor.user_id);
}

/** Who may say yes to it: as for its approval; without one, as if it had been asked for. */
async function questionOf({ organization_id, store }: Ctx, hold: Hold): Promise<Parameters<typeof whoMay>[1]> {
  const { approval_id, client_id, act_chain, parts } = hold;
  const approval = approval_id === null ? undefined : await getApproval(store.db, { organization_id, id: approval_id });
  const asked = { organization_id, kind: 'request', quorum: 1 } as const;
  if (approval !== undefined) return { ...asked, requesters: approval.requesters, protected: approval.protected };
  const grant_ids = (parts['grant_ids'] ?? '').split(' ').filter((id) => id !== '');
  const requesters = await requestersOf(store.db, {
    organization_id,
    client_ids: [client_id, ...act_chain],
    grant_ids,
  });
  return { ...asked, requesters, protected: parts['is_protected'] === 'true' };
}
