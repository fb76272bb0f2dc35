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
