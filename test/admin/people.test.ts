import {
  authenticateSession,
  checkAssertion,
  createSession,
  deleteSession,
  openSetup,
  resetUserLocally,
  setUp,
} from '@writ/broker';
import type { WritError } from '@writ/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteOtherSessions } from '../../packages/broker/src/session/delete-others.ts';
import { listOwnSessions } from '../../packages/broker/src/session/list.ts';
import { getMe } from '../../packages/broker/src/session/me.ts';
import { patchMe } from '../../packages/broker/src/session/patch-me.ts';
import { setOwnPassword } from '../../packages/broker/src/session/set-password.ts';
import { getSetup } from '../../packages/broker/src/setup/get.ts';
import { acceptLink } from '../../packages/broker/src/users/accept.ts';
import { createUser } from '../../packages/broker/src/users/create.ts';
import { deleteUser } from '../../packages/broker/src/users/delete.ts';
import { patchUser } from '../../packages/broker/src/users/patch.ts';
import { resetUser } from '../../packages/broker/src/users/reset.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { fakePassword } from '../support/owner.ts';

const HOUR = 3600_000;
const refusal = (code: string, detail?: RegExp) =>
  expect.objectContaining({ code, ...(detail !== undefined && { message: expect.stringMatching(detail) }) });
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: WritError) => error.code,
  );

describe.each(['embedded', 'postgres'] as const)('on %s', (database) => {
  describe('set-up', () => {
    let test1: InProcess;
    beforeAll(async () => {
      test1 = await openInProcess(database, { empty: true });
    });
    afterAll(() => test1.close());

    const setupInput = (setup_token: string) =>
      ({ setup_token, email: 'x@example.com', name: 'X', password: fakePassword(), client: 'browser' }) as const;

    test('set-up wants its token: a wrong, a replaced and an expired one make nobody owner', async () => {
      const system = test1.as({ kind: 'system' });
      await openSetup(system, { token: 'fake-first-token' });
      await openSetup(system, { token: 'fake-second-token' });
      const ctx = test1.anyone();
      expect(await getSetup(ctx)).toEqual({ open: true });
      const nobody = { email: 'x@example.com', password: fakePassword(), client: 'cli' } as const;
      await expect(createSession(ctx, nobody)).rejects.toEqual(refusal('conflict', /^Nobody has set Writ up yet/));
      await expect(setUp(ctx, setupInput('fake-wrong-token'))).rejects.toEqual(refusal('forbidden', /wrong or older/));
      await expect(setUp(ctx, setupInput('fake-first-token'))).rejects.toEqual(refusal('forbidden'));
      test1.wait(31 * 60_000);
      await expect(setUp(test1.anyone(), setupInput('fake-second-token'))).rejects.toEqual(refusal('forbidden'));
    });

    test('of two who set up at once, one becomes owner; afterwards set-up is over for good', async () => {
      const system = test1.as({ kind: 'system' });
      await openSetup(system, { token: 'fake-race-token' });
      const answers = await Promise.allSettled([1, 2].map(() => setUp(test1.anyone(), setupInput('fake-race-token'))));
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await openSetup(system, {})).toBeUndefined();
      expect(await getSetup(test1.anyone())).toEqual({ open: false });
      await expect(setUp(test1.anyone(), setupInput('fake-race-token'))).rejects.toEqual(
        refusal('conflict', /owner already/),
      );
    });
  });

  describe('once set up', () => {
    let test1: InProcess;
    let owner: Awaited<ReturnType<InProcess['signUp']>>;
    beforeAll(async () => {
      test1 = await openInProcess(database, { empty: true, stands: true });
      owner = await test1.signUp();
    });
    afterAll(() => test1.close());

    const tokenOf = (link: string): string => link.split('#token=')[1] ?? '';
    /** What a person acts by who signs in now. */
    const signedIn = async ({ email, password }: { readonly email: string; readonly password: string }) => {
      const { token } = await createSession(test1.anyone(), { email, password, client: 'browser' });
      return test1.as(await authenticateSession(test1.services, { token: token.expose(), client: 'browser' }));
    };

    test('a session is good until it is idle, expired, ended, or presented as what it is not', async () => {
      const signed = await createSession(test1.anyone(), { ...owner, client: 'browser' });
      const shown = { token: signed.token.expose(), client: 'browser' } as const;
      const ctx = test1.as(await authenticateSession(test1.services, shown));
      expect(await getMe(ctx)).toMatchObject({ email: owner.email, session: { current: true, client: 'browser' } });
      expect((await listOwnSessions(ctx, { limit: 100 })).items).toHaveLength(2);
      expect(await codeOf(authenticateSession(test1.services, { ...shown, client: 'cli' }))).toBe('unauthenticated');
      const later = (ms: number) => ({ ...test1.services, now: () => test1.services.now() + ms });
      // What a page of another person asks is refused, and is no use that would keep the session from being idle.
      const other = { ...shown, person: 'usr_other' };
      expect(await codeOf(authenticateSession(later(20 * 60_000), other))).toBe('unauthenticated');
      expect(await codeOf(authenticateSession(later(31 * 60_000), shown))).toBe('unauthenticated');
      await deleteSession(ctx, {});
      expect(await codeOf(authenticateSession(test1.services, shown))).toBe('unauthenticated');
    });

    test('a stored session may rest for hours, yet not beyond its end', async () => {
      const signed = await createSession(test1.anyone(), { ...owner, client: 'cli' });
      const shown = { token: signed.token.expose(), client: 'cli' } as const;
      const later = (ms: number) => ({ ...test1.services, now: () => test1.services.now() + ms });
      expect(await authenticateSession(later(11 * HOUR), shown)).toMatchObject({ session_client: 'cli' });
      expect(await codeOf(authenticateSession(later(12 * HOUR + 1000), shown))).toBe('unauthenticated');
    });

    test('a wrong password and an unknown address are answered alike', async () => {
      const attempt = (email: string) =>
        createSession(test1.anyone('192.0.2.7'), { email, password: fakePassword(), client: 'browser' });
      const [one, two] = await Promise.allSettled([attempt(owner.email), attempt('nobody@example.com')]);
      expect(one.status === 'rejected' && one.reason).toEqual(refusal('unauthenticated', /address or the password/));
      expect(two.status === 'rejected' && two.reason.message).toBe(one.status === 'rejected' && one.reason.message);
    });

    test('guesses are slowed down, many at once too; from where the person signs in they still get in', async () => {
      const guess = () =>
        codeOf(
          createSession(test1.anyone('192.0.2.66'), {
            email: owner.email,
            password: fakePassword(),
            client: 'browser',
          }),
        );
      const answers = await Promise.all(Array.from({ length: 12 }, guess));
      expect(answers.filter((code) => code === 'unauthenticated')).toHaveLength(5);
      expect(answers.filter((code) => code === 'too_many_attempts')).toHaveLength(7);
      expect((await createSession(test1.anyone(), { ...owner, client: 'browser' })).shown.user.email).toBe(owner.email);
      test1.wait(6 * 60_000);
      expect(await guess()).toBe('unauthenticated');
    });

    test('a user is invited by a link that works once and wants a good password', async () => {
      const { id, link } = await createUser(owner.ctx, {
        email: 'ann@example.com',
        name: 'Ann Example',
        role: 'admin',
      });
      expect(link).toMatch(/^http:\/\/localhost:8700\/accept#token=writ_ln_/);
      const accept = (password: string) => acceptLink(test1.anyone(), { token: tokenOf(link), password });
      await expect(accept('short')).rejects.toEqual(refusal('validation_failed', /5 characters; it needs at least 15/));
      await expect(accept('aaaaaaaaaaaaaaaaaaaa')).rejects.toEqual(
        refusal('validation_failed', /different characters/),
      );
      await expect(accept('ANN@example.com')).rejects.toEqual(refusal('validation_failed', /own name or e-mail/));
      await expect(accept('x'.repeat(10) + 'abcdef'.repeat(200))).rejects.toEqual(
        refusal('validation_failed', /longer/),
      );
      const password = fakePassword();
      expect(await accept(password)).toMatchObject({ id, status: 'active', role: 'admin' });
      expect(await codeOf(accept(fakePassword()))).toBe('forbidden');
      const signed = await createSession(test1.anyone(), { email: 'ann@example.com', password, client: 'browser' });
      expect(signed.shown.user.name).toBe('Ann Example');
    });

    test('a link is not good after a day, nor after a newer one was made', async () => {
      const { id, link } = await createUser(owner.ctx, { email: 'ben@example.com', name: 'Ben', role: 'auditor' });
      const newer = await resetUser(owner.ctx, { id });
      const accept = (token: string) => codeOf(acceptLink(test1.anyone(), { token, password: fakePassword() }));
      expect(await accept(tokenOf(link))).toBe('forbidden');
      test1.wait(25 * HOUR);
      expect(await accept(tokenOf(newer.link))).toBe('forbidden');
    });

    test('the last owner can neither leave nor step down; of two who go at once one stays', async () => {
      const id = owner.ctx.actor.user_id;
      await expect(deleteUser(owner.ctx, { id })).rejects.toEqual(refusal('conflict', /last owner/));
      await expect(patchUser(owner.ctx, { id, role: 'admin' })).rejects.toEqual(refusal('conflict', /last owner/));
      const { id: other, link } = await createUser(owner.ctx, { email: 'eve@example.com', name: 'Eve', role: 'owner' });
      await expect(deleteUser(owner.ctx, { id })).rejects.toEqual(refusal('conflict'));
      const eve = { email: 'eve@example.com', password: fakePassword() };
      await acceptLink(test1.anyone(), { token: tokenOf(link), password: eve.password });
      const hers = await signedIn(eve);
      const gone = await Promise.all([
        codeOf(patchUser(owner.ctx, { id: other, role: 'auditor' })),
        codeOf(patchUser(owner.ctx, { id, role: 'auditor' })),
      ]);
      expect(gone.sort()).toEqual(['conflict', 'done']);
      await patchUser(hers, { id, role: 'owner' }).catch(() => undefined);
      owner = { ...owner, ctx: await signedIn(owner) };
    });

    test('an address has one user, and a user that is deleted has no session left', async () => {
      const input = { email: 'joe@example.com', name: 'Joe', role: 'approver' } as const;
      const { id, link } = await createUser(owner.ctx, input);
      await expect(createUser(owner.ctx, input)).rejects.toEqual(refusal('conflict', /joe@example.com/));
      const password = fakePassword();
      await acceptLink(test1.anyone(), { token: tokenOf(link), password });
      const signed = await createSession(test1.anyone(), { email: input.email, password, client: 'cli' });
      await deleteUser(owner.ctx, { id });
      const shown = { token: signed.token.expose(), client: 'cli' } as const;
      expect(await codeOf(authenticateSession(test1.services, shown))).toBe('unauthenticated');
      expect(await codeOf(deleteUser(owner.ctx, { id }))).toBe('not_found');
      expect((await createUser(owner.ctx, input)).id).not.toBe(id);
    });

    test('one lists where one is signed in, and signs out everywhere else', async () => {
      const on = async (user_agent: string, client: 'browser' | 'cli') =>
        (await createSession({ ...test1.anyone(), user_agent }, { ...owner, client })).shown.session.id;
      const rested = await on('curl/8', 'browser');
      test1.wait(31 * 60_000);
      const here = { ...owner.ctx.actor, session_id: await on('Mozilla/5.0 (X11; Linux) Firefox/140.0', 'browser') };
      const stored = await on('writ-cli/1 (darwin)', 'cli');
      const sessions = async () => (await listOwnSessions(test1.as(here), { limit: 100 })).items;
      const found = new Map((await sessions()).map((session) => [session.id, session]));
      expect(found.get(here.session_id)).toMatchObject({
        device: 'Firefox on Linux',
        current: true,
        client: 'browser',
      });
      expect(found.get(stored)).toMatchObject({ device: 'writ on macOS', current: false, client: 'cli' });
      expect(found.has(rested)).toBe(false);
      const others = (await sessions()).length - 1;
      expect(await deleteOtherSessions(test1.as(here))).toEqual({ sessions_ended: others });
      expect((await sessions()).map(({ id }) => id)).toEqual([here.session_id]);
      expect((await test1.audit()).at(-1)).toMatchObject({ kind: 'session.ended', data: { sessions_ended: others } });
      owner = { ...owner, ctx: await signedIn(owner) };
    });

    test('a new password of their own ends their other sessions and links, and wants an assertion', async () => {
      const { id, link } = await createUser(owner.ctx, { email: 'kim@example.com', name: 'Kim', role: 'admin' });
      const [password, next] = [fakePassword(), fakePassword()];
      await acceptLink(test1.anyone(), { token: tokenOf(link), password });
      const signIn = async (given: string) =>
        await createSession(test1.anyone(), { email: 'kim@example.com', password: given, client: 'browser' });
      const kim = await signedIn({ email: 'kim@example.com', password });
      await signIn(password);
      expect(await codeOf(setOwnPassword(kim, { new_password: next }))).toBe('assertion_required');
      const asserted = { ...kim, asserted: 'password' } as const;
      await expect(setOwnPassword(asserted, { new_password: 'kim@example.com' })).rejects.toMatchObject({
        code: 'validation_failed',
        extras: { fields: [{ field: 'new_password' }] },
      });
      expect(await setOwnPassword(asserted, { new_password: next })).toEqual({ sessions_ended: 1 });
      expect(await codeOf(signIn(password))).toBe('unauthenticated');
      expect((await signIn(next)).shown.user.id).toBe(id);
      expect((await getMe(kim)).session.current).toBe(true);
      expect(await patchMe(asserted, { name: 'Kim K.' })).toMatchObject({ id, name: 'Kim K.', role: 'admin' });
      expect((await test1.audit()).at(-1)).toMatchObject({ kind: 'user.changed', data: { renamed: true } });

      const reset = await resetUser(owner.ctx, { id });
      const again = await signedIn({ email: 'kim@example.com', password: next });
      await setOwnPassword({ ...again, asserted: 'password' }, { new_password: fakePassword() });
      const accepted = acceptLink(test1.anyone(), { token: tokenOf(reset.link), password: fakePassword() });
      expect(await codeOf(accepted)).toBe('forbidden');
    });

    test('an assertion is the password, in that request; guessing it in a session is slowed down', async () => {
      const ctx = test1.as(owner.ctx.actor);
      const change = { method: 'DELETE', path: '/api/v1/freeze/frz_1', body: {} };
      const check = (password: string) =>
        codeOf(checkAssertion(ctx, { assertion: { password }, route: 'freeze.delete', change }));
      expect(await check(owner.password)).toBe('done');
      expect(await check(fakePassword())).toBe('assertion_required');
      const many = await Promise.all(Array.from({ length: 8 }, () => check(fakePassword())));
      expect(many).toContain('too_many_attempts');
      expect((await test1.audit()).map(({ kind }) => kind)).toContain('assertion.refused');
    });

    test('a person with the key file gets an owner who is locked out back in', async () => {
      const { link } = await resetUserLocally(test1.as({ kind: 'system' }), { email: owner.email });
      const password = fakePassword();
      await acceptLink(test1.anyone(), { token: tokenOf(link), password });
      const again = await createSession(test1.anyone(), { email: owner.email, password, client: 'browser' });
      expect(again.shown.user.role).toBe('owner');
      await expect(resetUserLocally(test1.as({ kind: 'system' }), { email: 'no@example.com' })).rejects.toEqual(
        refusal('not_found'),
      );
    });

    test('neither the log nor an answer holds a password, a link or a session', async () => {
      const log = JSON.stringify(await test1.audit());
      expect(log).toContain('"kind":"user.created"');
      expect(log).not.toMatch(/writ_(ss|ln|su)_|not a real password|argon2|fake-/);
    });
  });
});
