import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { compromise, type KeyState } from '@writ/tokens';
import type { Ctx, UserActor } from '../context.ts';
import { type KeysAsTheyAre, turnKeys } from './turn.ts';
import { liveKeys } from './view.ts';

/**
 * Stops a key that has leaked. When it answers, everything the key signed is refused on every broker, the key is no longer published, its
 * private half is erased, and another signs in its place. A second call changes nothing. Throws `not_found`.
 */
export async function compromiseKey(
  ctx: Ctx<UserActor>,
  { kid }: InputOf<'keys.compromise'>,
): Promise<OutputOf<'keys.compromise'>> {
  const { revoked } = await turnKeys(ctx, { kid, plan: (as) => planOf(as, kid) });
  return { revoked, items: await liveKeys(ctx) };
}

function planOf({ keys, ...plan }: KeysAsTheyAre, kid: string) {
  const state: KeyState | undefined = keys.find((key) => key.kid === kid)?.state;
  if (state === undefined) throw new WritError('not_found', { detail: `There is no key ${kid}.` });
  return { steps: state === 'compromised' ? [] : compromise(keys, { ...plan, kid }), answer: undefined };
}
