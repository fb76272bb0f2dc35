/** Holds as their client sees them: any token of the same client and act chain. */
import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { findHoldOfApproval, getHold, type Hold } from '@writ/store';
import { covers } from '../approvals/sent.ts';
import { record } from '../audit/record.ts';
import type { Ctx, TokenActor } from '../context.ts';
import { cancelHoldRow } from '../holds/cancel.ts';
import { ownHoldView, says } from '../holds/view.ts';
import { type KeptReply, openAnswer } from '../kept/answer.ts';
import { bodyView } from '../kept/body.ts';
import { holdEvent } from '../kept/hold.ts';
import { isOf, keptIdOf } from '../kept/request.ts';
import { hear } from '../live/hear.ts';
import { waitInPlace } from '../live/place.ts';
import { judging } from '../payer.ts';

/** Shows a hold; with `wait`, once it has ended, or after that many seconds. Throws `not_found`. */
export async function getOwnHold(ctx: Ctx<TokenActor>, input: InputOf<'self.hold'>): Promise<OutputOf<'self.hold'>> {
  const { id, wait = 0 } = input;
  const hold = await demandOwn(ctx, id);
  if (wait === 0 || hold.ended_at !== null) return ownHoldView(hold);
  await waitInPlace(ctx.live.budgets, ctx.actor.client_id, () =>
    untilEnded(ctx, { id, until: ctx.now() + wait * 1000 }),
  );
  return ownHoldView(await demandOwn(ctx, id));
}

async function untilEnded(ctx: Ctx<TokenActor>, { id, until }: { readonly id: string; readonly until: number }) {
  const changed = hear(ctx.live, (change) => change === undefined || (change.kind === 'hold' && change.subject === id));
  try {
    for (let left = until - ctx.now(); left > 0; left = until - ctx.now()) {
      if ((await demandOwn(ctx, id)).ended_at !== null) return;
      await changed.next(AbortSignal.timeout(Math.ceil(Math.min(left, LOOK_EVERY))));
    }
  } finally {
    changed.stop();
  }
}

/** A change that was not heard of is noticed after this many milliseconds. */
const LOOK_EVERY = 5_000;

/** Takes a hold back. Throws `not_found`, or `conflict` for one that is being sent or has ended. */
export async function cancelOwnHold(
  ctx: Ctx<TokenActor>,
  input: InputOf<'self.hold_cancel'>,
): Promise<OutputOf<'self.hold_cancel'>> {
  const { id } = await demandOwn(ctx, input.id);
  return ownHoldView(await cancelHoldRow(ctx, id));
}

/** Gives the answer to a request that Writ sent itself. Throws `not_found`, `forbidden`, or `conflict` where there is none to give. */
export async function takeHoldResult(
  ctx: Ctx<TokenActor>,
  input: InputOf<'self.hold_result'>,
): Promise<OutputOf<'self.hold_result'>> {
  return await takeResult(ctx, await demandOwn(ctx, input.id));
}

/** The same by the id of the approval. */
export async function takeApprovalResult(
  ctx: Ctx<TokenActor>,
  input: InputOf<'self.approval_result'>,
): Promise<OutputOf<'self.approval_result'>> {
  const { organization_id, store } = ctx;
  const hold = await findHoldOfApproval(store.db, { organization_id, approval_id: input.id });
  if (hold !== undefined && isOf(hold, ctx.actor)) return await takeResult(ctx, hold);
  throw new WritError('not_found', { detail: `Writ has sent nothing for an approval ${input.id} of this client.` });
}

async function demandOwn(ctx: Ctx<TokenActor>, id: string): Promise<Hold> {
  const { organization_id, store } = ctx;
  const hold = await getHold(store.db, { organization_id, id });
  if (hold !== undefined && isOf(hold, ctx.actor)) return hold;
  throw new WritError('not_found', { detail: `There is no hold ${id} of this client.` });
}

async function takeResult(ctx: Ctx<TokenActor>, hold: Hold): Promise<OutputOf<'self.hold_result'>> {
  const reply = await openAnswer(ctx, keptIdOf(hold));
  if (reply === undefined) throw new WritError('conflict', { detail: `There is no answer to give. ${whyNone(hold)}` });
  demandCovered(ctx, reply);
  // Before it is given: nobody takes an answer that the log does not know of.
  await record(ctx, { ...holdEvent('hold.result_taken', { hold, data: { jti: ctx.actor.jti } }) });
  return resultView(hold, reply);
}

function whyNone(hold: Hold): string {
  const kept = 'An answer is kept for 24 hours.';
  return hold.state === 'executed' ? `${says(hold)} ${hold.detail ?? kept}` : says(hold);
}

/** Throws `WritError` (`forbidden`) where the request would not be covered by this token now. */
function demandCovered(ctx: Ctx<TokenActor>, reply: KeptReply): void {
  const { actor } = ctx;
  if (reply.is_bound && !actor.is_bound)
    throw new WritError('forbidden', {
      detail: 'The request came with a token that is bound to a key; so must this one be.',
    });
  if (judging(ctx, () => covers({ ...actor, now: ctx.now() }, reply))) return;
  throw new WritError('forbidden', { detail: 'This token does not cover the request that this is the answer to.' });
}

function resultView({ id }: Hold, { status, headers, body }: KeptReply): OutputOf<'self.hold_result'> {
  const names = headers.filter((_, at) => at % 2 === 0);
  return {
    hold_id: id,
    status,
    headers: Object.fromEntries(names.map((name, at) => [name, headers[2 * at + 1] ?? ''])),
    ...(body === null ? { body, body_base64: null } : bodyView(Buffer.from(body, 'base64'))),
    too_large: body === null,
  };
}
