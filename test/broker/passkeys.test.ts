import { type Ctx, deleteSession, type UserActor } from '@writ/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { challengePasskey } from '../../packages/broker/src/passkeys/challenge.ts';
import { createPasskey } from '../../packages/broker/src/passkeys/create.ts';
import { deletePasskey } from '../../packages/broker/src/passkeys/delete.ts';
import { listOwnPasskeys } from '../../packages/broker/src/passkeys/list.ts';
import { noticesFor } from '../../packages/broker/src/session/notices.ts';
import { acceptLink } from '../../packages/broker/src/users/accept.ts';
import { deleteUser } from '../../packages/broker/src/users/delete.ts';
import { resetUser } from '../../packages/broker/src/users/reset.ts';
import { createAuthenticator, type Lies, type Making, makerAttested, selfAttested } from '../support/authenticator.ts';
import { makeCertificate } from '../support/certificate.ts';
import { fakePassword } from '../support/owner.ts';
import { CHANGE, codeOf, ORIGIN, openPasskeyScene } from '../support/passkey-scene.ts';

const FIVE_MINUTES = 5 * 60_000;

const LIES: readonly (readonly [string, Lies])[] = [
  ['made on another site', { origin: 'https://evil.example' }],
  ['made on another port of this host', { origin: 'http://localhost:8701' }],
  ['made over another scheme', { origin: 'https://localhost:8700' }],
  ['made in a frame of another site', { crossOrigin: true }],
  ['for another host name', { rpId: 'evil.example' }],
  ['without the person verified', { verified: false }],
  ['of another type', { type: 'payment.get' }],
];

describe.each(['embedded', 'postgres'] as const)('on %s', (database) => {
  type Scene = Awaited<ReturnType<typeof openPasskeyScene>>;
  let scene: Scene;
  let broker: Scene['broker'];
  let owner: Scene['owner'];
  let device: Scene['device'];

  beforeAll(async () => {
    scene = await openPasskeyScene(database);
    ({ broker, owner, device } = scene);
  });
  afterAll(() => broker.close());
  beforeEach(() => broker.wait(10 * 60_000));

  test('a passkey signs in without a name or a password, and the log says by which', async () => {
    const { shown } = await scene.signInWith(device.get(await scene.toSignIn()));
    expect(shown.user.email).toBe(owner.email);
    const [passkey] = (await listOwnPasskeys(owner.ctx, { limit: 10 })).items;
    expect(passkey).toMatchObject({ name: 'Laptop', usable: true, backed_up: false });
    expect(passkey?.last_used_at).not.toBeNull();
    const data = { by: 'passkey', passkey_id: passkey?.id, session_id: shown.session.id };
    expect((await broker.audit()).at(-1)).toMatchObject({ kind: 'session.created', data });
  });

  test('options ask for a person verified by the device, and tell nothing of anybody', async () => {
    const options = await scene.toSignIn();
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required', timeout: FIVE_MINUTES });
    expect(options).toHaveProperty('allowCredentials', []);
    const creation = await scene.toRegister(owner.ctx);
    expect(creation).toMatchObject({
      rp: { id: 'localhost', name: 'Writ' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    expect('excludeCredentials' in creation && creation.excludeCredentials).toHaveLength(1);
  });

  test('a proof of one change is good for that change, whatever the order of its members, once', async () => {
    const proof = device.get(await scene.toChange(owner.ctx));
    expect(await scene.proving(owner.ctx, proof, { body: { reason: 'x', all: true } })).toBe('done');
    expect(await scene.proving(owner.ctx, proof)).toBe('assertion_required');
    expect((await broker.audit()).at(-1)).toMatchObject({
      kind: 'assertion.refused',
      data: { by: 'passkey', reason: 'used', route: 'freeze.create' },
    });
  });

  test.each([
    ['another path', { path: '/api/v1/freezes' }],
    ['the same path with a query', { path: `${CHANGE.path}?x=1` }],
    ['another method', { method: 'PUT' }],
    ['another body', { body: { all: true, reason: 'y' } }],
    ['a body with more in it', { body: { ...CHANGE.body, more: null } }],
    ['no body', { body: {} }],
  ])('a proof of one change is none for %s', async (_, other) => {
    const proof = device.get(await scene.toChange(owner.ctx));
    expect(await scene.proving(owner.ctx, proof, other)).toBe('assertion_required');
    expect((await broker.audit()).at(-1)).toMatchObject({ data: { reason: 'challenge' } });
  });

  test('a proof is for the session that asked for it, and for that purpose', async () => {
    const other = await scene.session(owner.ctx.actor.user_id);
    expect(await scene.proving(other, device.get(await scene.toChange(owner.ctx)))).toBe('assertion_required');
    expect(await scene.proving(owner.ctx, device.get(await scene.toSignIn()))).toBe('assertion_required');
    expect(await codeOf(scene.signInWith(device.get(await scene.toChange(owner.ctx))))).toBe('unauthenticated');
    const options = await scene.toRegister(owner.ctx);
    expect(await scene.proving(owner.ctx, device.get(options))).toBe('assertion_required');
    expect(await codeOf(scene.signInWith(device.get(options)))).toBe('unauthenticated');
    const response = createAuthenticator(ORIGIN).create(await scene.toChange(owner.ctx));
    expect(await codeOf(createPasskey(scene.asserted(owner.ctx), { name: 'x', response }))).toBe('validation_failed');
  });

  test("another user's passkey proves nothing, also where the device says whose it is", async () => {
    const ann = await scene.invited();
    const hers = await scene.registered(ann.ctx);
    const userHandle = Buffer.from(owner.ctx.actor.user_id).toString('base64url');
    const options = await scene.toChange(owner.ctx);
    expect(await scene.proving(owner.ctx, hers.get(options))).toBe('assertion_required');
    expect(await scene.proving(owner.ctx, hers.get(options, { userHandle }))).toBe('assertion_required');
    expect(await codeOf(scene.signInWith(hers.get(await scene.toSignIn(), { userHandle })))).toBe('unauthenticated');
    expect(await codeOf(scene.signInWith(hers.get(await scene.toSignIn(), { userHandle: undefined })))).toBe(
      'unauthenticated',
    );
    expect((await scene.signInWith(hers.get(await scene.toSignIn()))).shown.user.id).toBe(ann.id);
  });

  test('after five minutes a challenge is good for nothing', async () => {
    const [session, change] = [await scene.toSignIn(), await scene.toChange(owner.ctx)];
    const options = await scene.toRegister(owner.ctx);
    broker.wait(FIVE_MINUTES);
    expect(await codeOf(scene.signInWith(device.get(session)))).toBe('unauthenticated');
    expect(await scene.proving(owner.ctx, device.get(change))).toBe('assertion_required');
    const response = createAuthenticator(ORIGIN).create(options);
    expect(await codeOf(createPasskey(scene.asserted(owner.ctx), { name: 'x', response }))).toBe('validation_failed');
  });

  test.each(LIES)('what is %s signs nobody in, proves no change and registers nothing', async (_, lies) => {
    expect(await codeOf(scene.signInWith(device.get(await scene.toSignIn(), lies)))).toBe('unauthenticated');
    expect(await scene.proving(owner.ctx, device.get(await scene.toChange(owner.ctx), lies))).toBe(
      'assertion_required',
    );
    expect(await scene.registering(owner.ctx, lies)).toBe('validation_failed');
  });

  test('a challenge that we did not make, or that was changed, is none', async () => {
    const options = await scene.toSignIn();
    const { challenge } = options;
    const bytes = Buffer.from(challenge, 'base64url');
    for (let at = 0; at < bytes.length; at += 13) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const text = changed.toString('base64url');
      expect(await codeOf(scene.signInWith(device.get({ ...options, challenge: text })))).toBe('unauthenticated');
    }
    for (const text of ['', 'AAAA', `${challenge}AA`, challenge.slice(0, -2), `${challenge}==`, `${challenge} `])
      expect(await codeOf(scene.signInWith(device.get({ ...options, challenge: text })))).toBe('unauthenticated');
  });

  test('a signature over anything else is none', async () => {
    const proof = device.get(await scene.toSignIn());
    const other = device.get(await scene.toSignIn());
    const { signature, authenticatorData, clientDataJSON } = other.response;
    for (const part of [{ signature }, { authenticatorData }, { clientDataJSON }])
      expect(await codeOf(scene.signInWith({ ...proof, response: { ...proof.response, ...part } }))).toBe(
        'unauthenticated',
      );
    expect(await codeOf(scene.signInWith({ ...proof, id: 'AAAA', rawId: 'AAAA' }))).toBe('unauthenticated');
    expect(await codeOf(scene.signInWith({ ...proof, rawId: 'AAAA' }))).toBe('unauthenticated');
    for (const clientData of ['', 'null', '[]', '{}', '{"challenge":1}', '{'])
      expect(
        await codeOf(scene.signInWith({ ...proof, response: { ...proof.response, clientDataJSON: btoa(clientData) } })),
      ).toBe('unauthenticated');
    expect((await scene.signInWith(proof)).shown.user.email).toBe(owner.email);
  });

  test('of many who use one proof at once, one is let in', async () => {
    const proof = device.get(await scene.toSignIn());
    const answers = await Promise.all(Array.from({ length: 5 }, () => codeOf(scene.signInWith(proof))));
    expect(answers.filter((code) => code === 'done')).toHaveLength(1);
  });

  test('a copy of a device is found out by its count, and the log says so; one that never counts is let in', async () => {
    const ann = await scene.invited();
    const hers = await scene.registered(ann.ctx);
    const copied = hers.copy();
    await scene.signInWith(hers.get(await scene.toSignIn()));
    await scene.signInWith(hers.get(await scene.toSignIn()));
    const proof = copied.get(await scene.toSignIn());
    expect(await codeOf(scene.signInWith(proof))).toBe('unauthenticated');
    expect((await broker.audit()).at(-1)).toMatchObject({
      kind: 'passkey.refused',
      data: { user_id: ann.id, reason: 'count' },
    });
    const told = async (ctx: Ctx<UserActor>) => (await noticesFor(ctx)).map(({ detail }) => detail).join('\n');
    const copy = `somebody may have a copy of it (user: ${ann.id}; passkey: `;
    expect([await told(ann.ctx), await told(owner.ctx)]).toEqual([
      expect.stringContaining(copy),
      expect.stringContaining(copy),
    ]);
    expect(await told((await scene.invited()).ctx)).toBe('');
    for (const counter of [2, 0])
      expect(await scene.proving(ann.ctx, hers.get(await scene.toChange(ann.ctx), { counter }))).toBe(
        'assertion_required',
      );
    const again = async () => scene.signInWith(copied.get(await scene.toSignIn(), { counter: 1 }));
    // However often it is tried, it is told once an hour.
    for (const times of [1, 2]) {
      await Promise.all([codeOf(again()), codeOf(again())]);
      expect((await broker.audit()).filter(({ kind }) => kind === 'passkey.refused')).toHaveLength(times);
      broker.wait(3600_001);
    }
    const cloud = await scene.registered(ann.ctx, createAuthenticator(ORIGIN, { counts: false }));
    for (const _ of [1, 2])
      expect((await scene.signInWith(cloud.get(await scene.toSignIn()))).shown.user.id).toBe(ann.id);
  });

  test('only its own session, with an assertion, registers or removes a passkey', async () => {
    const options = await scene.toRegister(owner.ctx);
    const response = createAuthenticator(ORIGIN).create(options);
    const [mine] = (await listOwnPasskeys(owner.ctx, { limit: 10 })).items;
    const { asserted: _, ...bare } = owner.ctx as Ctx<UserActor>;
    expect(await codeOf(createPasskey(bare, { name: 'x', response }))).toBe('assertion_required');
    expect(await codeOf(deletePasskey(bare, { id: mine?.id ?? '' }))).toBe('assertion_required');
    expect(
      await codeOf(
        createPasskey(scene.asserted(await scene.session(owner.ctx.actor.user_id)), { name: 'x', response }),
      ),
    ).toBe('validation_failed');
    const ann = await scene.invited();
    expect(await codeOf(createPasskey(scene.asserted(ann.ctx), { name: 'x', response }))).toBe('validation_failed');
    expect(await codeOf(deletePasskey(scene.asserted(ann.ctx), { id: mine?.id ?? '' }))).toBe('not_found');
    for (const asked of [{ for: 'register' }, { for: 'change', change: CHANGE }] as const)
      expect(await codeOf(challengePasskey(broker.anyone(), asked))).toBe('unauthenticated');
    expect(await codeOf(challengePasskey(ann.ctx, { for: 'change', change: CHANGE }))).toBe('conflict');
  });

  test('what was registered once is not registered again, nor by the same challenge', async () => {
    const ann = await scene.invited();
    const options = await scene.toRegister(ann.ctx);
    const response = createAuthenticator(ORIGIN).create(options);
    const make = (name: string) => codeOf(createPasskey(scene.asserted(ann.ctx), { name, response }));
    expect(await make('one')).toBe('done');
    expect(await make('two')).toBe('validation_failed');
    const second = createAuthenticator(ORIGIN).create(options);
    expect(await codeOf(createPasskey(scene.asserted(ann.ctx), { name: 'x', response: second }))).toBe(
      'validation_failed',
    );
    expect((await listOwnPasskeys(ann.ctx, { limit: 10 })).items.map(({ name }) => name)).toEqual(['one']);
  });

  test('a device may vouch for itself; the certificates of others are not read', async () => {
    const { id, ctx } = await scene.invited();
    const vouched = createAuthenticator(ORIGIN);
    const response = vouched.create(await scene.toRegister(ctx), { attestation: selfAttested });
    await createPasskey(scene.asserted(ctx), { name: 'x', response });
    expect((await scene.signInWith(vouched.get(await scene.toSignIn()))).shown.user.id).toBe(id);

    // The library takes this certificate, and would go by it.
    const maker = makeCertificate('maker.example');
    const byMaker = (made: Making) => makerAttested(made, maker);
    expect(await scene.registering(ctx, { attestation: byMaker })).toBe('validation_failed');
    const byBoth = (made: Making) => {
      const { fmt, statement } = selfAttested(made);
      return { fmt, statement: { ...byMaker(made).statement, ...statement } };
    };
    expect(await scene.registering(ctx, { attestation: byBoth })).toBe('validation_failed');
  });

  test('a passkey that was removed, of a user who was reset or deleted, lets nobody in', async () => {
    const ann = await scene.invited();
    const hers = await scene.registered(ann.ctx);
    const [passkey] = (await listOwnPasskeys(ann.ctx, { limit: 10 })).items;
    await deletePasskey(scene.asserted(ann.ctx), { id: passkey?.id ?? '' });
    expect((await broker.audit()).at(-1)).toMatchObject({ kind: 'passkey.deleted', data: { by: 'password' } });
    expect(await codeOf(scene.signInWith(hers.get(await scene.toSignIn())))).toBe('unauthenticated');

    const second = await scene.registered(ann.ctx);
    const { link } = await resetUser(owner.ctx, { id: ann.id });
    expect((await broker.audit()).at(-1)).toMatchObject({ kind: 'user.reset', data: { passkeys_removed: 1 } });
    expect(await codeOf(scene.signInWith(second.get(await scene.toSignIn())))).toBe('unauthenticated');

    // Somebody with the old password adds one before the link is used.
    const thirds = await scene.registered(await scene.session(ann.id));
    await acceptLink(broker.anyone(), { token: link.split('#token=')[1] ?? '', password: fakePassword() });
    expect(await codeOf(scene.signInWith(thirds.get(await scene.toSignIn())))).toBe('unauthenticated');

    const bob = await scene.invited();
    const his = await scene.registered(bob.ctx);
    await deleteUser(owner.ctx, { id: bob.id });
    expect((await listOwnPasskeys(bob.ctx, { limit: 10 })).items).toEqual([]);
    expect(await codeOf(scene.signInWith(his.get(await scene.toSignIn())))).toBe('unauthenticated');
  });

  test('a session that has ended proves nothing, and asks for nothing', async () => {
    const other = await scene.session(owner.ctx.actor.user_id);
    const proof = device.get(await scene.toChange(other));
    await deleteSession(other, {});
    expect(await scene.proving(owner.ctx, proof)).toBe('assertion_required');
  });

  test('a stranger who asks for challenges, or shows made-up proofs, has nothing written', async () => {
    const before = await broker.audit();
    const made = await Promise.all(Array.from({ length: 20 }, scene.toSignIn));
    expect(new Set(made.map(({ challenge }) => challenge)).size).toBe(20);
    const stranger = createAuthenticator(ORIGIN);
    stranger.create(made[0] as never);
    for (const options of made) await codeOf(scene.signInWith(stranger.get(options)));
    for (const options of made) await codeOf(scene.signInWith(device.get(options, { verified: false })));
    expect(await broker.audit()).toEqual(before);
  });
});
