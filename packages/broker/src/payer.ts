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
 * Reads much for the caller, as a large part of the log or all grants: one such read at a time, in turns with others, charged for its time. Throws
 * `WritError` (`rate_limited`) where too many wait, or that time is used up.
 */
export async function readingMuch<T>({ actor, live }: Pick<Ctx, 'actor' | 'live'>, work: () => Promise<T>): Promise<T> {
  const payer = payerOf(actor);
  return payer === undefined ? await work() : await live.budgets.read(payer, work);
}

/** Reads one more part of something long for the caller, in turns with large reads. */
export async function readingOn<T>({ actor, live }: Pick<Ctx, 'actor' | 'live'>, work: () => Promise<T>): Promise<T> {
  const payer = payerOf(actor);
  return payer === undefined ? await work() : await live.budgets.readOn(payer, work);
}
