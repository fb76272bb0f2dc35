/** A password is changed, a user reset or a session ended while something that rests on it is under way. */
import { deleteSession } from '@writ/broker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { createPasskey } from '../../packages/broker/src/passkeys/create.ts';
import { createSession } from '../../packages/broker/src/session/create.ts';
import { listOwnSessions } from '../../packages/broker/src/session/list.ts';
import { setOwnPassword } from '../../packages/broker/src/session/set-password.ts';
import { patchUser } from '../../packages/broker/src/users/patch.ts';
import { resetUser } from '../../packages/broker/src/users/reset.ts';
import { isBlocked } from '../support/approvals.ts';
import { createAuthenticator } from '../support/authenticator.ts';
import { holdBack } from '../support/hold-back.ts';
import { fakePassword } from '../support/owner.ts';
import { codeOf, ORIGIN, openPasskeyScene } from '../support/passkey-scene.ts';

describe.each(['embedded', 'postgres'] as const)('on %s', (database) => {
  type Scene = Awaited<ReturnType<typeof openPasskeyScene>>;
  let scene: Scene;
  let broker: Scene['broker'];
  let owner: Scene['owner'];

  beforeAll(async () => {
    scene = await openPasskeyScene(database);
    ({ broker, owner } = scene);
  });
  afterAll(() => broker.close());

  test('who signs in while the password is changed, or the user reset, has no session after that', async () => {
    const { email, password } = owner;
    const during = (happens: () => Promise<unknown>) => {
      const verify = async (...given: Parameters<typeof broker.services.hashing.verify>): Promise<boolean> => {
        const isRight = await broker.services.hashing.verify(...given);
        await happens();
        return isRight;
      };
      return { ...broker.anyone('203.0.113.9'), hashing: { ...broker.services.hashing, verify } };
    };
    const mine = await scene.session(owner.ctx.actor.user_id);
    const to = (new_password: string) => () => setOwnPassword(scene.asserted(mine), { new_password });
    const late = during(to(fakePassword()));
    expect(await codeOf(createSession(late, { email, password, client: 'browser' }))).toBe('unauthenticated');
    const { items } = await listOwnSessions(mine, { limit: 100 });
    expect(items.map(({ id }) => id)).toEqual([mine.actor.session_id]);
    await to(password)();
    const ann = await scene.invited();
    const hers = await scene.registered(ann.ctx);
    const passkey = hers.get(await scene.toSignIn());
    const { store } = broker.services;
    let isReset = false;
    // What follows the proof in its own transaction comes after the reset.
    const transaction: typeof store.transaction = async (work) => {
      const result = await store.transaction(work);
      if (!isReset) await resetUser(scene.asserted(mine), { id: ann.id });
      isReset = true;
      return result;
    };
    const anyone = {
      ...broker.anyone('203.0.113.10'),
      store: Object.assign(Object.create(broker.services.store), { transaction }),
    };
    expect(await codeOf(createSession(anyone, { passkey, client: 'browser' }))).toBe('unauthenticated');
    expect(isReset).toBe(true);
  });

  test('what a session asks for that is ended meanwhile is not done, nor what a role asks for that is another by then', async () => {
    const own = await scene.session(owner.ctx.actor.user_id);
    const other = await scene.session(owner.ctx.actor.user_id);
    const response = createAuthenticator(ORIGIN).create(await scene.toRegister(other));
    await deleteSession(own, { id: other.actor.session_id });
    expect(await codeOf(createPasskey(scene.asserted(other), { name: 'x', response }))).toBe('unauthenticated');
    const ann = await scene.invited();
    await patchUser(scene.asserted(own), { id: ann.id, role: 'auditor' });
    expect(await codeOf(createFreeze(ann.ctx, { all: true, reason: 'x' }))).toBe('unauthenticated');
  });

  test('nothing is done of what a session asks for while it is being ended', async () => {
    // The embedded database does one thing after the other.
    if (database === 'embedded') return;
    const own = await scene.session(owner.ctx.actor.user_id);
    const other = await scene.session(owner.ctx.actor.user_id);
    const ending = holdBack(own);
    const ended = deleteSession(ending.ctx, { id: other.actor.session_id });
    await ending.done;
    const late = codeOf(createFreeze(other, { all: true, reason: 'x' }));
    await expect.poll(() => isBlocked(broker.services.store), { timeout: 20_000 }).toBe(true);
    ending.commit();
    await ended;
    expect(await late).toBe('unauthenticated');
  });
});
