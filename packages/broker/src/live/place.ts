import type { Live } from '../live.ts';

/**
 * Waits in one of the places that a client has for requests that wait: the same eight at every door. Where they are taken it does not wait.
 */
export async function waitInPlace(
  { waiting }: Live['budgets'],
  client_id: string,
  wait: () => Promise<unknown>,
): Promise<void> {
  try {
    waiting.take(client_id, 1);
  } catch {
    return;
  }
  try {
    await wait();
  } finally {
    waiting.give(client_id, 1);
  }
}
