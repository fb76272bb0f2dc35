/** Requests for a human's yes as their client sees them: any token of the same client and act chain. */
import type { InputOf, OutputOf } from '@writ/api';
import { inertLine } from '@writ/core';
import { type Approval, getApproval } from '@writ/store';
import { namesOf } from '../approvals/events.ts';
import { whenDecided } from '../approvals/when-decided.ts';
import type { Ctx, TokenActor } from '../context.ts';
import { isOf } from '../kept/request.ts';
import { waitInPlace } from '../live/place.ts';
import { missing } from '../missing.ts';
import { timeOrNull, timeOut } from '../page.ts';

type View = OutputOf<'self.approval'>;

/** Says what became of an approval; with `wait`, once a human has decided, or after that many seconds. Throws `not_found`. */
export async function getOwnApproval(ctx: Ctx<TokenActor>, input: InputOf<'self.approval'>): Promise<View> {
  const { id, wait: seconds = 0 } = input;
  const approval = await demandOwn(ctx, id);
  if (seconds === 0 || approval.state !== 'pending') return viewOf(approval);
  await waitInPlace(ctx.live.budgets, ctx.actor.client_id, () =>
    whenDecided(ctx, approval, AbortSignal.timeout(seconds * 1000)),
  );
  return viewOf(await demandOwn(ctx, id));
}

async function demandOwn({ actor, organization_id, store }: Ctx<TokenActor>, id: string): Promise<Approval> {
  const approval = await getApproval(store.db, { organization_id, id });
  if (approval === undefined || !isOf(approval, actor)) throw missing('approval', id);
  return approval;
}

const CODES: Readonly<Record<Approval['state'], string | null>> = {
  pending: 'approval_pending',
  approved: null,
  used: null,
  denied: 'approval_denied',
  expired: 'approval_expired',
  cancelled: 'approval_expired',
};

function viewOf({ state, run, ...approval }: Approval): View {
  const waits = state === 'pending' || (state === 'approved' && run === 'now');
  const isOver = state === 'denied' || state === 'used';
  return {
    id: approval.id,
    state,
    code: state === 'approved' && run === 'now' ? 'approval_pending' : CODES[state],
    operations: namesOf({ ...approval, state, run }),
    reason: approval.reason === null ? null : inertLine(approval.reason, 500),
    run,
    expires_at: timeOut(approval.expires_at),
    usable_until: timeOrNull(approval.usable_until),
    used_at: timeOrNull(approval.used_at),
    next: { action: waits ? 'wait' : isOver ? 'stop' : 'repeat' },
  };
}
