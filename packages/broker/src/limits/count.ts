/** The limits of grants where a call meets them: counted with its record, and looked at before anybody is asked about it. */
import { type Decision, type LimitCharge, mostOf, refuseReached } from '@writ/core';
import { type LimitUse, limitUsed, type Tx, useLimits } from '@writ/store';
import type { Services } from '../context.ts';
import { periodEnd } from './period.ts';

/** A decided call, as limits count it. */
export interface LimitedCall {
  readonly decision: Decision;
  readonly task_id: string;
}

/** Thrown where not enough is left of a limit, also inside a transaction, so that nothing of it stays. */
export class LimitReached extends Error {
  /** The refusal of the call. */
  readonly decision: Decision;

  constructor(decision: Decision) {
    super('limit reached');
    this.decision = decision;
  }
}

type LimitContext = Pick<Services, 'store' | 'organization_id' | 'now'>;

/**
 * Counts a call against its client's limits, in the transaction that records that it is to be forwarded, and before that record is written.
 * What is counted is never given back. Throws `LimitReached`.
 */
export async function countLimits(ctx: LimitContext, tx: Tx, call: LimitedCall): Promise<void> {
  const charges = new Map((call.decision.limits ?? []).map((charge) => [useOf(ctx, charge, call), charge]));
  const lacking = await useLimits(tx, [...charges.keys()]);
  const charge = lacking && charges.get(lacking);
  if (lacking === undefined || charge === undefined) return;
  throw reached(ctx, call, { charge, used: await limitUsed(tx, lacking) });
}

/** A limit that a call counts against, and how much of it is used now. */
export interface LimitStanding {
  readonly charge: LimitCharge;
  readonly used: number;
}

/**
 * The limits that a call would count against, as they stand. Counts nothing: to be asked before a human is. Throws `LimitReached` where a
 * limit would refuse the call now.
 */
export async function demandLimits(ctx: LimitContext, call: LimitedCall): Promise<LimitStanding[]> {
  const standing: LimitStanding[] = [];
  for (const charge of call.decision.limits ?? []) {
    const used = await limitUsed(ctx.store.db, useOf(ctx, charge, call));
    if (used + charge.adds > mostOf(charge.limit)) throw reached(ctx, call, { charge, used });
    standing.push({ charge, used });
  }
  return standing;
}

function useOf({ organization_id }: LimitContext, charge: LimitCharge, { task_id }: LimitedCall): LimitUse {
  const { client_id, key: limit_key, limit, adds } = charge;
  return { organization_id, client_id, task_id, limit_key, per: limit.per, adds, most: mostOf(limit) };
}

function reached({ now }: LimitContext, { decision }: LimitedCall, { charge, used }: LimitStanding): LimitReached {
  const ends_at = periodEnd(charge.limit.per, now());
  return new LimitReached(
    refuseReached(decision, { charge, used: { used, adds: charge.adds, ...(ends_at !== undefined && { ends_at }) } }),
  );
}
