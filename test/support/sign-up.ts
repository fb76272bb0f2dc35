/** The set-up of an empty broker in the caller's own process. */
import { randomBytes } from 'node:crypto';
import { type Actor, authenticateSession, type Ctx, openSetup, setUp, type UserActor } from '@writ/broker';
import { fakePassword } from './owner.ts';

/** Makes a request of an actor. */
export type As = <A extends Actor>(actor: A, address?: string) => Ctx<A>;

/** Makes the first owner, and signs them in. */
export async function signUp(
  as: As,
  person: { readonly email: string; readonly name: string },
): Promise<{ readonly ctx: Ctx<UserActor>; readonly password: string }> {
  const setup_token = `fake-setup-token-${randomBytes(8).toString('hex')}`;
  await openSetup(as({ kind: 'system' }, ''), { token: setup_token });
  const password = fakePassword();
  const asked = as({ kind: 'public' });
  const signed = await setUp(asked, { setup_token, ...person, password, client: 'browser' });
  const session = await authenticateSession(asked, { token: signed.token.expose(), client: 'browser' });
  return { ctx: as(session), password };
}
