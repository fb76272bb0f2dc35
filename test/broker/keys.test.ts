import {
  type Ctx,
  introspectToken,
  issueToken,
  openidMetadata,
  publicKeys,
  tendKeys,
  type UserActor,
} from '@writ/broker';
import { KEY_STATES, listSigningKeys } from '@writ/store';
import { readCompact } from '@writ/tokens';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { patchClient } from '../../packages/broker/src/clients/patch.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { compromiseKey } from '../../packages/broker/src/keys/compromise.ts';
import { listKeys } from '../../packages/broker/src/keys/list.ts';
import { rotateKeys } from '../../packages/broker/src/keys/rotate.ts';
import { DATABASES, OPENING } from '../support/store.ts';
import { basic, ISSUER, openTokenScene, type TokenScene, tokenOf } from '../support/token-scene.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe.each(DATABASES)('signing keys on %s', (kind) => {
  let it: TokenScene;
  beforeAll(async () => {
    it = await openTokenScene(kind);
  }, OPENING);
  afterAll(() => it.close());

  const owner = (): Ctx<UserActor> => it.owner() as Ctx<UserActor>;
  const system = () => ({ ...it.anyone(), actor: { kind: 'system' as const }, address: '' });
  const states = async (): Promise<string[]> =>
    (await listKeys(owner(), { limit: 1000 })).items.map(({ alg, state }) => `${alg} ${state}`);
  const activeKid = async (alg?: 'ES256' | 'RS256'): Promise<string> => (await it.services.live.keys.active(alg)).kid;
  const published = (): string[] => {
    const { keys } = publicKeys(it.services) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };
  const newToken = async (): Promise<string> => tokenOf(await it.ask({}));
  const isActive = async (token: string): Promise<unknown> => {
    const form = new URLSearchParams({ token }).toString();
    const reply = await introspectToken(it.anyone(), { authorization: basic('helper', it.secret), form });
    return reply.body['active'];
  };
  const otherClient = async (): Promise<string> => {
    const auth = { method: 'client_secret_basic' as const };
    const made = await createClient(it.owner(), { client_id: 'other', kind: 'agent', name: 'Other', auth });
    const scope = { connection: 'railway', environments: ['staging'], operations: ['*:read'] };
    await createGrant(it.owner(), { client_id: 'other', ...scope });
    return basic('other', made.client_secret ?? '');
  };
  const events = async (): Promise<unknown[]> =>
    (await it.audit()).map((entry) => entry['kind']).filter((one) => String(one).startsWith('key.'));

  test('a rotation publishes the next key for an hour before it signs, and the old one for a day after', async () => {
    const first = await activeKid();
    const token = await newToken();
    let ahead = 0;
    const ticking = {
      ...owner(),
      now: () => {
        ahead += 7;
        return it.services.now() + ahead;
      },
    };
    const { signs_at, items } = await rotateKeys(ticking, { alg: 'ES256' });
    expect(Date.parse(signs_at) - it.services.now()).toBeGreaterThan(HOUR - 60_000);
    expect(items.map(({ state }) => state)).toEqual(['active', 'pending']);
    expect(published()).toHaveLength(2);
    expect((await rotateKeys(owner(), { alg: 'ES256' })).signs_at).toBe(signs_at);
    await tendKeys(system());
    expect(await activeKid()).toBe(first);
    it.wait(HOUR + 1000);
    await tendKeys(system());
    expect(await activeKid()).not.toBe(first);
    expect(readCompact(await newToken()).header['kid']).toBe(await activeKid());
    expect(published()).toEqual([await activeKid(), first]);
    // A token of the old key ends when it ends, not with its key's turn.
    const old = readCompact(token).payload;
    expect(Number(old['exp']) * 1000).toBeLessThan(it.services.now());
    it.wait(DAY + 1000);
    expect(published()).toEqual([await activeKid()]);
    await tendKeys(system());
    expect(await states()).toEqual(['ES256 retired', 'ES256 active']);
    expect(await events()).toEqual(['key.made', 'key.retiring', 'key.activated', 'key.retired']);
  });

  test('a token signed before the turn is good after it', async () => {
    await rotateKeys(owner(), { alg: 'ES256' });
    it.wait(HOUR);
    const token = await newToken();
    const before = await activeKid();
    await tendKeys(system());
    expect(await activeKid()).not.toBe(before);
    expect(await isActive(token)).toBe(true);
  });

  test('nobody has to ask: a key signs for thirty days at most', async () => {
    const before = await activeKid();
    it.wait(30 * DAY - HOUR);
    await tendKeys(system());
    expect(await activeKid()).toBe(before);
    it.wait(HOUR);
    await tendKeys(system());
    expect(await activeKid()).not.toBe(before);
  });

  test('no more than four keys are published, and a rotation beyond that says when there is room', async () => {
    for (let count = 0; count < 3; count += 1) {
      const rotated = await rotateKeys(owner(), { alg: 'ES256' }).catch((error: unknown) => error);
      if (rotated instanceof Error) {
        expect(rotated).toMatchObject({ code: 'conflict', message: expect.stringContaining('free at 20') });
        break;
      }
      it.wait(HOUR + 1000);
      await tendKeys(system());
    }
    expect(published().length).toBeLessThanOrEqual(4);
    await expect(rotateKeys(owner(), { alg: 'ES256' })).rejects.toMatchObject({ code: 'conflict' });
    it.wait(2 * DAY);
    await tendKeys(system());
    expect(published()).toHaveLength(1);
  });

  test('a compromised key is refused from the answer on, and another signs', async () => {
    const [token, kid] = [await newToken(), await activeKid()];
    const verified = await it.services.live.verifier.verify(token, { audience: [`${ISSUER}/gateway`] });
    const { revoked, items } = await compromiseKey(owner(), { kid });
    expect(revoked).toBeGreaterThan(0);
    expect(items.map((key) => key.kid)).not.toContain(kid);
    expect(published()).not.toContain(kid);
    expect(await activeKid()).not.toBe(kid);
    expect(await isActive(token)).toBe(false);
    // Also where only the database knows: a broker whose keys are old asks it for the epochs.
    await expect(it.services.live.callers.facts(verified, {})).rejects.toMatchObject({ code: 'invalid_token' });
    const after = await newToken();
    expect(readCompact(after).header['kid']).toBe(await activeKid());
    expect(await isActive(after)).toBe(true);
    expect((await compromiseKey(owner(), { kid })).revoked).toBe(0);
    expect((await events()).slice(-2)).toEqual(['key.compromised', 'key.made']);
  });

  test('the private half of a compromised or retired key is erased', async () => {
    const { store, organization_id } = it.services;
    const rows = await listSigningKeys(store.db, { organization_id, states: KEY_STATES });
    for (const { state, sealed_private } of rows)
      expect(sealed_private === null, state).toBe(state === 'retired' || state === 'compromised');
    expect(rows.map(({ state }) => state)).toEqual(expect.arrayContaining(['retired', 'compromised', 'active']));
  });

  test('a broker that does not know yet signs nothing that counts with a compromised key', async () => {
    const stale = await it.services.live.keys.active();
    await compromiseKey(owner(), { kid: stale.kid });
    let used = 0;
    const keys = {
      ...it.services.live.keys,
      active: async () => {
        used += 1;
        return used === 1 ? stale : await it.services.live.keys.active();
      },
    };
    const reply = await issueToken(
      { ...it.anyone(), live: { ...it.services.live, keys } },
      { authorization: basic('helper', it.secret), form: 'grant_type=client_credentials' },
    );
    expect(used).toBe(2);
    expect(readCompact(tokenOf(reply)).header['kid']).toBe(await activeKid());
  });

  test('a key that is not there is not found', async () => {
    await expect(compromiseKey(owner(), { kid: 'x'.repeat(43) })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('RS256 is there while a client asks for it, and in no document before and after', async () => {
    const algorithms = () => openidMetadata(it.services)['id_token_signing_alg_values_supported'];
    expect(algorithms()).toEqual(['ES256']);
    await expect(rotateKeys(owner(), { alg: 'RS256' })).rejects.toMatchObject({ code: 'conflict' });
    const patched = await patchClient(it.owner(), { id: 'helper', access_token_signing_alg: 'RS256' });
    expect(patched.access_token_signing_alg).toBe('RS256');
    expect(algorithms()).toEqual(['ES256', 'RS256']);
    const other = await otherClient();
    const token = await newToken();
    expect(readCompact(token).header).toMatchObject({ alg: 'RS256', kid: await activeKid('RS256') });
    expect(await isActive(token)).toBe(true);
    expect(readCompact(tokenOf(await it.ask({}, other))).header['alg']).toBe('ES256');
    expect(published()).toContain(await activeKid('RS256'));
    const leaked = await activeKid('RS256');
    await compromiseKey(owner(), { kid: leaked });
    expect(await isActive(token)).toBe(false);
    expect(await activeKid('RS256')).not.toBe(leaked);
    const kept = await newToken();
    await patchClient(it.owner(), { id: 'helper', access_token_signing_alg: 'ES256' });
    expect(algorithms()).toEqual(['ES256']);
    expect(readCompact(await newToken()).header['alg']).toBe('ES256');
    expect(await isActive(kept)).toBe(true);
  });

  test('no private key is in the log', async () => {
    expect(JSON.stringify([await it.audit(), it.logged])).not.toMatch(/"d":|PRIVATE|sealed/);
  });
});
