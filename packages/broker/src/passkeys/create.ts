import type { InputOf, OutputOf } from '@writ/api';
import { makeId, WritError } from '@writ/core';
import { insertPasskey, listPasskeys, type Passkey, violates } from '@writ/store';
import { assertedBy } from '../assertion/asserted-by.ts';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { openChallenge, useChallenge } from '../webauthn/challenges.ts';
import { challengeIn, rpIdOf, verifyRegistration } from '../webauthn/webauthn.ts';
import { passkeyView } from './view.ts';

/** The most passkeys of one user: far more than anybody has devices. */
export const MOST_PASSKEYS = 20;

/**
 * Registers a passkey of the user who asks. Throws `validation_failed` where it was not made for a challenge of this session, or not rightly,
 * `conflict` for one that is registered already or is one too many, `not_supported` where browsers do no passkeys.
 */
export async function createPasskey(
  ctx: Ctx<UserActor>,
  input: InputOf<'passkeys.create'>,
): Promise<OutputOf<'passkeys.create'>> {
  const by = assertedBy(ctx);
  const { organization_id, actor } = ctx;
  const { user_id, session_id } = actor;
  const { name, response } = input;
  const rp_id = rpIdOf(ctx);
  const challenge = openChallenge(ctx, challengeIn(response.response) ?? '', { for: 'register', session_id });
  if (challenge === undefined)
    throw notMade('was not made for a challenge of this session, or more than 5 minutes ago');
  const made = await verifyRegistration(ctx, { response, challenge: challenge.text });
  if (made === undefined) throw notMade('was not made for this site, or without verifying the person');
  const now = ctx.now();
  const passkey: Passkey = {
    organization_id,
    id: makeId('passkey', { now, randomBytes: ctx.randomBytes }),
    user_id,
    name,
    ...made,
    transports: response.response.transports ?? [],
    rp_id,
    created_at: now,
    last_used_at: null,
  };
  try {
    return await change(ctx, async (tx) => {
      if (!(await useChallenge(ctx, tx, challenge))) throw notMade('was made for a challenge that was used before');
      const { items } = await listPasskeys(tx, { organization_id, user_id, limit: MOST_PASSKEYS });
      if (items.length >= MOST_PASSKEYS)
        throw new WritError('conflict', { detail: `You have ${MOST_PASSKEYS} passkeys. Remove one first.` });
      await insertPasskey(tx, passkey);
      const data = { user_id, passkey_id: passkey.id, by };
      return { result: passkeyView(ctx, passkey), happened: { kind: 'passkey.created', data } };
    });
  } catch (error) {
    if (!violates(error, 'passkeys_credential_key')) throw error;
    throw new WritError('conflict', { detail: 'This passkey is registered already.' });
  }
}

function notMade(problem: string): WritError {
  return new WritError('validation_failed', {
    detail: `The passkey ${problem}. Nothing was changed.`,
    fields: [{ field: 'response', problem }],
  });
}
