import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { listPasskeys, type Passkey } from '@writ/store';
import type { Ctx, PublicActor, UserActor } from '../context.ts';
import { makeChallenge } from '../webauthn/challenges.ts';
import { creationOptions, requestOptions, rpIdOf } from '../webauthn/webauthn.ts';
import { MOST_PASSKEYS } from './create.ts';

type Challenged = OutputOf<'passkeys.challenge'>;

/**
 * Answers the options with which a browser asks for a passkey. Signing in is for anybody and says nothing about anybody; the others take a
 * session. Throws `unauthenticated`, `not_supported` where browsers do no passkeys, `conflict` where there is none to prove a change with.
 */
export async function challengePasskey(
  ctx: Ctx<PublicActor | UserActor>,
  input: InputOf<'passkeys.challenge'>,
): Promise<Challenged> {
  const rpId = rpIdOf(ctx);
  if (input.for === 'session') {
    const options = await requestOptions(ctx, { challenge: makeChallenge(ctx, { for: 'session' }), allowed: [] });
    return { for: 'session', options } as Challenged;
  }
  const { actor } = ctx;
  if (actor.kind !== 'user') throw new WritError('unauthenticated');
  const { session_id } = actor;
  const present = await passkeysOf(ctx, actor.user_id);
  if (input.for === 'register') {
    const challenge = makeChallenge(ctx, { for: 'register', session_id });
    return { for: 'register', options: await creationOptions(ctx, { challenge, user: actor, present }) } as Challenged;
  }
  const allowed = present.filter(({ rp_id }) => rp_id === rpId);
  if (allowed.length === 0) throw noPasskey();
  const challenge = makeChallenge(ctx, { for: 'change', session_id, change: input.change });
  return { for: 'change', options: await requestOptions(ctx, { challenge, allowed }) } as Challenged;
}

async function passkeysOf({ store, organization_id }: Ctx, user_id: string): Promise<readonly Passkey[]> {
  return (await listPasskeys(store.db, { organization_id, user_id, limit: MOST_PASSKEYS })).items;
}

function noPasskey(): WritError {
  return new WritError('conflict', { detail: 'You have no passkey that is good here. Give your password.' });
}
