import { type Limit, limitKey } from '@writ/core';
import { type Grant, noteGrantUses, useLimits } from '@writ/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { explain } from '../../packages/broker/src/explain/explain.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { deleteGrant } from '../../packages/broker/src/grants/delete.ts';
import { getGrant, listGrants } from '../../packages/broker/src/grants/list.ts';
import { patchGrant } from '../../packages/broker/src/grants/patch.ts';
import { previewGrant } from '../../packages/broker/src/grants/preview.ts';
import { detailsOfGrants } from '../../packages/broker/src/oauth/issue/details.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';

describe('grants', () => {
  let it: InProcess;
  const grant = {
    client_id: 'helper',
    connection: 'railway',
    environments: ['staging'],
    operations: ['*:read', 'customDomain*'],
  };

  beforeAll(async () => {
    it = await openInProcess('embedded', { railway: 'imported' });
    const auth = { method: 'client_secret_basic' as const };
    await createClient(it.owner(), { client_id: 'helper', kind: 'agent', name: 'Helper', auth });
  });
  afterAll(async () => {
    await it?.close();
  });

  test.each([
    ['an unknown client', { client_id: 'helpr' }, { field: 'client_id', found: 'helpr', nearest: 'helper' }],
    ['an unknown connection', { connection: 'railwy' }, { field: 'connection', found: 'railwy', nearest: 'railway' }],
    [
      'an unknown environment',
      { environments: ['stagin'] },
      { field: 'environments.0', found: 'stagin', nearest: 'staging' },
    ],
    ['an unknown operation', { operations: ['volumeDelet'] }, { field: 'operations.0', nearest: 'volumeDelete' }],
    [
      'an unknown operation with an effect',
      { operations: ['volumeDelet:destroy'] },
      { nearest: 'volumeDelete:destroy' },
    ],
    ['a glob that reaches nothing', { operations: ['noSuchThing*'] }, { field: 'operations.0', found: 'noSuchThing*' }],
    ['a glob that matches only worse effects', { operations: ['volumeDelet*'] }, { nearest: 'volumeDelet*:destroy' }],
    ['an effect the operation never has', { operations: ['volumeDelete:read'] }, { nearest: 'volumeDelete:destroy' }],
    ['an unknown kind of resource', { resources: ['volumes:v_prod'] }, { field: 'resources.0', nearest: 'volume' }],
    [
      'an argument that is not there',
      { arguments: { customDomainCreate: { 'input.domian': { equals: 'a' } } } },
      { field: 'arguments.customDomainCreate.input.domian', nearest: 'input.domain' },
    ],
    [
      'arguments of an operation that is not allowed',
      { arguments: { volumeDelete: { volumeId: { equals: 'a' } } } },
      { field: 'arguments.volumeDelete' },
    ],
    [
      'a limit that counts nothing of it',
      { limits: [{ operations: 'volumeDelete', count: 5, per: 'day' as const }] },
      { field: 'limits.0.operations', found: 'volumeDelete' },
    ],
    [
      'a limit on the sum of what is no argument',
      { limits: [{ operations: 'customDomain*', sum: 'input.targetPrt', most: 5, per: 'day' as const }] },
      { field: 'limits.0.sum', nearest: 'input.targetPort' },
    ],
    ['an expiry in the past', { expires_at: '2020-01-01T00:00:00Z' }, { field: 'expires_at' }],
  ])('%s is refused with the field, what was found and the nearest right name', async (_what, change, problem) => {
    const made = createGrant(it.owner(), { ...grant, ...change });
    await expect(made).rejects.toMatchObject({ code: 'validation_failed', extras: { fields: [problem] } });
  });

  test('a right one is kept as given, and changes as told', async () => {
    const condition = { customDomainCreate: { 'input.domain': { ends_with: '.staging.example.com' } } };
    const made = await createGrant(it.owner(), { ...grant, arguments: condition, max_ttl_seconds: 600 });
    expect(made).toMatchObject({ ...grant, arguments: condition, max_ttl_seconds: 600, expires_at: null });
    const changed = await patchGrant(it.owner(), { id: made.id, operations: ['*:read'], arguments: null });
    expect(changed).toMatchObject({ operations: ['*:read'], environments: ['staging'] });
    expect(changed).not.toHaveProperty('arguments');
    expect(await getGrant(it.owner(), { id: made.id })).toEqual(changed);
    const wrong = patchGrant(it.owner(), { id: made.id, environments: ['prod'] });
    await expect(wrong).rejects.toMatchObject({ code: 'validation_failed' });
  });

  test('a list finds grants by connection, by what they are called and allow, by whose they are, and those that let nothing through', async () => {
    const auth = { method: 'client_secret_basic' as const };
    await createClient(it.owner(), { client_id: 'night', kind: 'agent', name: '100% Nightly', auth });
    const make = (more: object) => createGrant(it.owner(), { ...grant, client_id: 'night', ...more });
    const named = await make({ name: 'Domains of the shop', note: 'until the release' });
    const other = await make({ operations: ['volumeInstanceBackup*'] });
    expect([named.name, other.name, named.last_used_at]).toEqual(['Domains of the shop', null, null]);
    const found = async (filter: object) => {
      const { items } = await listGrants(it.owner(), { client_id: 'night', limit: 100, ...filter });
      return items.map(({ id }) => id);
    };
    expect(await found({ q: 'OF THE SHOP' })).toEqual([named.id]);
    expect(await found({ q: 'release' })).toEqual([named.id]);
    expect(await found({ q: 'InstanceBackup' })).toEqual([other.id]);
    expect(await found({ q: '100%' })).toEqual([named.id, other.id]);
    for (const q of ['1_0%', '%', '\\', 'Domains_of'])
      expect(await found({ q }), q).toEqual(q === '%' ? [named.id, other.id] : []);
    expect(await found({ connection: 'railway', unused: 'true' })).toEqual([named.id, other.id]);
    expect(await found({ connection: 'elsewhere' })).toEqual([]);
    const { store, organization_id } = it.services;
    const uses = { organization_id, ids: [named.id], now: Date.now() - 29 * 86_400_000 };
    await store.transaction((tx) => noteGrantUses(tx, uses));
    expect(await found({ unused: 'true' })).toEqual([other.id]);
    it.wait(2 * 86_400_000);
    expect(await found({ unused: 'true' })).toEqual([named.id, other.id]);
    const renamed = await patchGrant(it.owner(), { id: named.id, name: null, note: null });
    expect(renamed).toMatchObject({ name: null, note: null, operations: grant.operations });
  });

  test('limits are kept, changed and taken away; what is used of them is told, and stays when they are edited', async () => {
    const auth = { method: 'client_secret_basic' as const };
    await createClient(it.owner(), { client_id: 'limited', kind: 'agent', name: 'Limited', auth });
    const limits: Limit[] = [
      { operations: 'me', count: 1, per: 'week' },
      { operations: 'customDomain*', sum: 'input.targetPort', most: 9000, per: 'hour' },
    ];
    const wanted = { ...grant, client_id: 'limited', environments: ['*'], operations: ['me', 'customDomain*'], limits };
    const made = await createGrant(it.owner(), wanted);
    expect(made).toMatchObject({ limits });
    expect(detailsOfGrants([{ scope: made } as unknown as Grant])[0]).not.toHaveProperty('limits');
    const request = {
      method: 'POST',
      path: '/graphql/v2',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ me { id } }' }),
    };
    const explained = () => explain(it.owner(), { client_id: 'limited', connection: 'railway', request });
    expect(await explained()).toMatchObject({ result: 'allow', limits: [{ limit: limits[0], used: 0, adds: 1 }] });
    const { organization_id, store } = it.services;
    const key = limitKey('railway', limits[0] as Limit);
    const use = {
      organization_id,
      client_id: 'limited',
      task_id: 'tsk_1',
      limit_key: key,
      per: 'week',
      adds: 1,
      most: 1,
    } as const;
    await store.transaction((tx) => useLimits(tx, [use]));
    expect(await explained()).toMatchObject({
      result: 'refuse',
      code: 'operation_not_granted',
      detail: expect.stringMatching(/the limit of 1 me per week is used up: 1 of 1 are used, and the week ends at 2/),
      reasons: [{ rule: 'limit_reached', limit: limits[0] }],
    });
    const wider = [{ ...limits[0], count: 3 }] as Limit[];
    expect(await patchGrant(it.owner(), { id: made.id, limits: wider })).toMatchObject({ limits: wider });
    expect(await explained()).toMatchObject({ result: 'allow', limits: [{ used: 1, adds: 1 }] });
    const { limits: states } = await previewGrant(it.owner(), { ...wanted, limits: wider, limit: 1 });
    expect(states).toEqual([{ limit: wider[0], used: 1, ends_at: expect.stringMatching(/T00:00:00/) }]);
    const changed = (await it.audit()).filter(({ data }) => Reflect.get(Object(data), 'grant_id') === made.id);
    expect(changed.map(({ data }) => Reflect.get(Object(data), 'limits'))).toEqual([
      ['1 me per week', '9000 in input.targetPort of customDomain* per hour'],
      ['3 me per week'],
    ]);
    expect(await patchGrant(it.owner(), { id: made.id, limits: null })).not.toHaveProperty('limits');
    expect(await explained()).toMatchObject({ result: 'allow', limits: [] });
  });

  test('a change of its note never brings back what another change took away meanwhile', async () => {
    const made = await createGrant(it.owner(), grant);
    const [narrowed, noted] = await Promise.allSettled([
      patchGrant(it.owner(), { id: made.id, operations: ['*:read'], expires_at: '2099-01-01T00:00:00Z' }),
      patchGrant(it.owner(), { id: made.id, note: 'for the week' }),
    ]);
    const held = await getGrant(it.owner(), { id: made.id });
    if (narrowed.status === 'fulfilled') expect(held.operations).toEqual(['*:read']);
    for (const change of [narrowed, noted])
      if (change.status === 'rejected') expect(change.reason).toMatchObject({ code: 'conflict' });
    expect([narrowed.status, noted.status]).toContain('fulfilled');
    const told = (await it.audit()).filter(({ data }) => Reflect.get(Object(data), 'grant_id') === made.id);
    const changed = {
      kind: 'grant.changed',
      data: expect.objectContaining({ expires_at: '2099-01-01T00:00:00.000Z' }),
    };
    if (narrowed.status === 'fulfilled') expect(told).toContainEqual(expect.objectContaining(changed));
  });

  test('a change that names the version it was read in changes nothing of another one', async () => {
    const { id, updated_at } = await createGrant(it.owner(), grant);
    it.wait(1_000);
    const changed = await patchGrant(it.owner(), { id, note: 'first', if_updated_at: updated_at });
    const late = patchGrant(it.owner(), { id, name: 'second', if_updated_at: updated_at });
    await expect(late).rejects.toMatchObject({ code: 'conflict' });
    expect(await getGrant(it.owner(), { id })).toEqual(changed);
  });

  test('what a grant allowed before it was changed, and when it was taken back, is in the log', async () => {
    const made = await createGrant(it.owner(), { ...grant, max_ttl_seconds: 900 });
    await patchGrant(it.owner(), { id: made.id, operations: ['*:read'], max_ttl_seconds: 3600 });
    await deleteGrant(it.owner(), { id: made.id });
    const told = (await it.audit()).filter(({ data }) => Reflect.get(Object(data), 'grant_id') === made.id);
    const was = { allows: expect.arrayContaining(['staging/customDomain*']), max_ttl_seconds: 900 };
    const is = { allows: ['staging/*:read'], max_ttl_seconds: 3600 };
    expect(told.map(({ kind, data }) => ({ kind, data }))).toMatchObject([
      { kind: 'grant.created', data: was },
      { kind: 'grant.changed', data: { ...is, before: was } },
      { kind: 'grant.deleted', data: is },
    ]);
  });

  test('a preview lists what a grant reaches, where, with the outcome, and saves nothing', async () => {
    const asked = {
      ...grant,
      environments: ['staging', 'production'],
      operations: ['customDomainCreate', 'volumeDelete:destroy'],
    };
    const { items } = await previewGrant(it.owner(), { ...asked, limit: 100 });
    expect(items.map(({ operation, environment, outcome }) => `${operation} ${environment} ${outcome}`)).toEqual([
      'customDomainCreate production allow',
      'customDomainCreate staging allow',
      'volumeDelete production hold',
      'volumeDelete staging hold',
    ]);
    const production = items.find(
      ({ operation, environment }) => operation === 'volumeDelete' && environment === 'production',
    );
    expect(production).toMatchObject({ approve: true, hold_minutes: 60, narrowed: false });
  });

  test('a preview counts all that it would allow, and what stays refused, whatever the page', async () => {
    const asked = {
      ...grant,
      environments: ['production', 'staging'],
      operations: ['*', 'volumeDelete'],
      arguments: { customDomainCreate: { 'input.domain': { ends_with: '.example.com' } } },
    };
    const page = await previewGrant(it.owner(), { ...asked, limit: 1 });
    const all = [...page.items];
    for (let cursor = page.next_cursor; cursor !== null; ) {
      const next = await previewGrant(it.owner(), { ...asked, limit: 1000, cursor });
      expect([next.summary, next.impossible]).toEqual([page.summary, page.impossible]);
      all.push(...next.items);
      cursor = next.next_cursor;
    }
    expect(all.filter(({ narrowed }) => narrowed).map(({ operation }) => operation)).toContain('customDomainCreate');
    for (const { environment, effect, outcome, operations, narrowed } of page.summary) {
      const counted = all.filter(
        (item) => item.environment === environment && item.effect === effect && item.outcome === outcome,
      );
      const one = effect === 'write' ? 1 : 0;
      expect([operations, narrowed], `${environment} ${effect}`).toEqual([counted.length, one]);
    }
    expect(page.summary).toContainEqual({
      ...{ environment: 'production', effect: 'destroy', outcome: 'hold', approve: true, hold_minutes: 60 },
      ...{ operations: 1, narrowed: 0 },
    });
    const some = await previewGrant(it.owner(), { ...asked, environment: 'staging', effect: 'destroy', limit: 1000 });
    expect(some.items).toEqual(all.filter((each) => each.environment === 'staging' && each.effect === 'destroy'));
    expect(some).toMatchObject({ items: [{ operation: 'volumeDelete' }], summary: page.summary });
    const destroy = page.impossible.find(({ effect }) => effect === 'destroy');
    expect(destroy?.refused).toBe((destroy?.all ?? 0) - 1);
    expect(
      page.impossible.map(({ effect, refused, all: count }) => [effect, refused === 0, refused === count]),
    ).toEqual([
      ['read', true, false],
      ['write', true, false],
      ['reveal', false, true],
      ['execute', false, true],
      ['destroy', false, false],
      ['escalate', false, true],
    ]);
  });

  test('a glob without an effect never previews more than reads and writes', async () => {
    const { items } = await previewGrant(it.owner(), { ...grant, environments: ['*'], operations: ['*'], limit: 1000 });
    expect(new Set(items.map(({ effect }) => effect))).toEqual(new Set(['read', 'write']));
  });
});
