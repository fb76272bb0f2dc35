import type { Ctx, TokenActor } from '../context.ts';

/**
 * Waits in one of the places that a client has for requests that wait: the same eight at every door. Where they are taken it does not wait.
 */
export async function waitInPlace({ actor, live }: Ctx<TokenActor>, wait: () => Promise<unknown>): Promise<void> {
  const { waiting } = live.budgets;
  try {
    waiting.take(actor.client_id, 1);
  } catch {
    return;
  }
  try {
    await wait();
  } finally {
    waiting.give(actor.client_id, 1);
  }
}
