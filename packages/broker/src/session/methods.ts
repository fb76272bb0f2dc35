import type { OutputOf } from '@writ/api';
import { isSetUp } from '@writ/store';
import type { Ctx } from '../context.ts';
import { passkeysWork } from '../webauthn/webauthn.ts';

/** Says how one can sign in: the same to everybody, and nothing of any user. */
export async function signInMethods(ctx: Ctx): Promise<OutputOf<'session.methods'>> {
  const { organization_id, store } = ctx;
  return { set_up: await isSetUp(store.db, { organization_id }), passkey: passkeysWork(ctx) };
}
