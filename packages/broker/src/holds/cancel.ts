import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { cancelHold as cancelRow, eraseKeptBody, getHold, type Hold } from '@writ/store';
import { actorName, change } from '../audit/record.ts';
import type { Ctx } from '../context.ts';
import { holdChange, holdEvent } from '../kept/hold.ts';
import { keptIdOf } from '../kept/request.ts';
import { missing } from '../missing.ts';
import { holdView, says } from './view.ts';

/**
 * Takes a hold back. Of a cancel and an execution at the same time one wins: both are one statement on the same row. Throws `not_found`, or
 * `conflict` for one that is being sent or has ended.
 */
export async function cancelHold(ctx: Ctx, input: InputOf<'holds.cancel'>): Promise<OutputOf<'holds.cancel'>> {
  return await holdView(ctx, await cancelHoldRow(ctx, input.id));
}

/** The same for whoever may. */
export async function cancelHoldRow(ctx: Ctx, id: string): Promise<Hold> {
  const { organization_id } = ctx;
  return await change(ctx, async (tx) => {
    const hold = await cancelRow(tx, { organization_id, id, ended_by: actorName(ctx.actor) });
    if (hold === undefined) throw tooLate(await getHold(tx, { organization_id, id }), id);
    await eraseKeptBody(tx, { organization_id, id: keptIdOf(hold), part: 'request' });
    return { result: hold, happened: holdEvent('hold.cancelled', { hold }), changes: [holdChange(hold)] };
  });
}

function tooLate(hold: Hold | undefined, id: string): WritError {
  if (hold === undefined) return missing('hold', id);
  const sentence = hold.state === 'claimed' ? 'It is being sent right now.' : says(hold);
  return new WritError('conflict', { detail: `${id} cannot be cancelled any more. ${sentence}` });
}
