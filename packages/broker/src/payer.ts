import type { Actor, Ctx } from './context.ts';

/**
 * Whose budget pays for judging a request and for questions about it: a client's id, the same at every door, or an id that stands for a
 * person.
 */
export function payerOf(actor: Actor): string | undefined {
  switch (actor.kind) {
    case 'user':
      return `user ${actor.user_id}`;
    case 'automation':
    case 'token':
      return actor.client_id;
    default:
      return undefined;
  }
}

/** Judges at the expense of the caller. Throws `WritError` (`rate_limited`) while its budget is used up. */
export function judging<T>({ actor, live }: Pick<Ctx, 'actor' | 'live'>, work: () => T): T {
  const payer = payerOf(actor);
  return payer === undefined ? work() : live.budgets.judge(payer, work);
}

/**
 * Reads a large part of the log for the caller: one such read of theirs at a time. Throws `WritError` (`rate_limited`) while another is
 * under way.
 */
export async function readingMuch<T>({ actor, live }: Pick<Ctx, 'actor' | 'live'>, work: () => Promise<T>): Promise<T> {
  const payer = payerOf(actor);
  if (payer === undefined) return await work();
  live.budgets.reads.take(payer, 1);
  try {
    return await work();
  } finally {
    live.budgets.reads.give(payer, 1);
  }
}
