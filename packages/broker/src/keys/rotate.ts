import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { rotateNow } from '@writ/tokens';
import type { Ctx, UserActor } from '../context.ts';
import { timeOut } from '../page.ts';
import { type KeysAsTheyAre, turnKeys } from './turn.ts';
import { liveKeys } from './view.ts';

/**
 * Publishes the next key of a set; it signs once it has been published for an hour. Called again, it only tells when. Throws `conflict`
 * while four keys are published, and for a set that no client asks for.
 */
export async function rotateKeys(
  ctx: Ctx<UserActor>,
  { alg }: InputOf<'keys.rotate'>,
): Promise<OutputOf<'keys.rotate'>> {
  const { answer } = await turnKeys(ctx, { plan: (as) => planOf(as, alg) });
  return { signs_at: timeOut(answer), items: await liveKeys(ctx) };
}

function planOf({ keys, algorithms, now }: KeysAsTheyAre, alg: 'ES256' | 'RS256') {
  if (!algorithms.includes(alg)) {
    throw new WritError('conflict', { detail: `There is no ${alg} key: no client's tokens are to be signed with it.` });
  }
  const next = rotateNow(keys, { now, alg });
  if (next.ok) return { steps: next.steps, answer: next.signs_at };
  throw new WritError('conflict', {
    detail: `Four keys are published, and some verifiers read no more. The next place is free at ${timeOut(next.until)}.`,
  });
}
