import type { InputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { liftFreeze } from '@writ/store';
import { actorName, change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { epochOf, namesOf } from './create.ts';
import { freezeView } from './view.ts';

/** Lifts a freeze. Throws `not_found` when it is not in force. */
export async function deleteFreeze(ctx: Ctx<UserActor>, input: InputOf<'freeze.delete'>): Promise<undefined> {
  const { organization_id, actor } = ctx;
  return await change(ctx, async (tx) => {
    const lifted = await liftFreeze(tx, { organization_id, id: input.id, lifted_by: actorName(actor) });
    if (lifted === undefined) throw new WritError('not_found', { detail: 'There is no such freeze in force.' });
    const { subject } = await freezeView(tx, lifted);
    const data = { freeze_id: lifted.id, scope: lifted.scope, subject };
    const { scope, subject: told } = epochOf(lifted);
    return {
      result: undefined,
      happened: { kind: 'freeze.lifted', ...namesOf(lifted, subject), data },
      changes: [{ kind: scope, subject: told }],
    };
  });
}
