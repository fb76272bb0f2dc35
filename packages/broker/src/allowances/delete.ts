import type { InputOf } from '@writ/api';
import { getAllowance } from '@writ/store';
import { actorName, change } from '../audit/record.ts';
import type { Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { endIn } from '../requesters/allowance.ts';

/** Ends a standing yes: what was recorded by then passes, nothing after it. One that has ended stays as it is. Throws `not_found`. */
export async function deleteAllowance(ctx: Ctx, { id }: InputOf<'allowances.delete'>): Promise<undefined> {
  const { organization_id } = ctx;
  return await change(ctx, async (tx) => {
    const happened = await endIn(tx, { organization_id, id, ended_by: actorName(ctx.actor), ended_why: 'deleted' });
    if (happened.length === 0 && (await getAllowance(tx, { organization_id, id })) === undefined)
      throw missing('allowance', id);
    return { result: undefined, happened };
  });
}
