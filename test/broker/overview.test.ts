/** What a person is shown before and after granting: what is proposed, what a client reaches, what it lacks, and what is not needed. */
import { randomBytes } from 'node:crypto';
import { CI_SYSTEMS, decide, type Effect, type JsonObject, makeId } from '@writ/core';
import { noteGrantUses } from '@writ/store';
import { checkTrustPolicy } from '@writ/tokens';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listCiSystems } from '../../packages/broker/src/clients/ci-systems.ts';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { listClients } from '../../packages/broker/src/clients/list.ts';
import { listReach } from '../../packages/broker/src/clients/reach.ts';
import { rotateSecret } from '../../packages/broker/src/clients/rotate-secret.ts';
import { listPresets } from '../../packages/broker/src/connections/presets.ts';
import { getExposure } from '../../packages/broker/src/exposure/get.ts';
import { showUnused } from '../../packages/broker/src/exposure/unused.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { deleteGrant } from '../../packages/broker/src/grants/delete.ts';
import { listGrants } from '../../packages/broker/src/grants/list.ts';
import { previewGrant } from '../../packages/broker/src/grants/preview.ts';
import { listProviders } from '../../packages/broker/src/providers/list.ts';
import { authorize } from '../../packages/broker/src/record/authorize.ts';
import { getRefusal } from '../../packages/broker/src/refusals/get.ts';
import { listRefusals } from '../../packages/broker/src/refusals/of-client.ts';
import { decidedRequest } from '../../packages/broker/test/decided-request.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';

/** Each finding's kind, and the client it is about. */
const kindsOf = (findings: readonly { kind: string; client_id?: string | undefined }[]) =>
  findings.map(({ kind, client_id }) => (client_id === undefined ? kind : `${kind} ${client_id}`));
const matching = (text: string | RegExp) => expect.stringMatching(text);
const auth = { method: 'client_secret_basic' as const };

describe('before and after granting', () => {
  let it: InProcess;
  const grant = { client_id: 'helper', connection: 'railway', environments: ['staging'], operations: ['*:read'] };

  beforeAll(async () => {
    it = await openInProcess('embedded', { railway: 'imported' });
    await createClient(it.owner(), { client_id: 'helper', kind: 'agent', name: 'Helper', auth });
    await createClient(it.owner(), { client_id: 'job', kind: 'ci', name: 'Job', auth });
  });
  afterAll(async () => {
    await it?.close();
  });

  test('clients are found by their kind, and by a part of their id or name; a wildcard is only a character', async () => {
    const found = async (filter: { kind?: 'agent' | 'ci'; q?: string }) => {
      const { items } = await listClients(it.owner(), { limit: 100, ...filter });
      return items.map(({ client_id }) => client_id);
    };
    expect(await found({ kind: 'ci' })).toEqual(['job']);
    expect(await found({ q: 'ELP' })).toEqual(['helper']);
    expect(await found({ kind: 'agent', q: 'job' })).toEqual([]);
    expect(await found({ q: '%' })).toEqual([]);
  });

  test('of every CI system it is said what a policy pins, and a policy that pins the first of each group can be saved', async () => {
    const { items } = await listCiSystems(it.owner(), { limit: 100 });
    expect(items.map(({ id }) => id)).toEqual([...CI_SYSTEMS]);
    for (const { id, issuer, audience, required, claims } of items) {
      const names = claims.map(({ name }) => name);
      expect(
        required.flatMap(({ any_of }) => any_of).filter((name) => !names.includes(name)),
        id,
      ).toEqual([]);
      const pinned = Object.fromEntries(required.map(({ any_of: [first = ''] }) => [first, '1']));
      const policy = {
        ...{
          method: 'federated' as const,
          ci: id,
          issuer: issuer.usual ?? issuer.example,
          allow_private_network: false,
        },
        ...{ audience: audience ?? 'https://writ.example.com/ci/x', claims: { sub: 'x', ...pinned } },
      };
      expect(checkTrustPolicy(policy, { public_url: 'https://writ.example.com' }), id).toEqual([]);
    }
  });

  test('everything that is proposed can be granted as it is, to a job only what is said to be for jobs', async () => {
    const { items } = await listPresets(it.owner(), { connection: 'railway', limit: 100 });
    expect(items.length).toBeGreaterThan(3);
    for (const { title, operations, needs, ci } of items) {
      // Each is judged at the owner's expense.
      it.wait(10_000);
      const preview = (client_id: string) => previewGrant(it.owner(), { ...grant, client_id, operations, limit: 1000 });
      const { summary } = await preview('helper');
      expect(
        summary.map(({ effect }) => effect).filter((effect) => effect !== 'read' && effect !== 'write'),
        title,
      ).toEqual([]);
      const [asJob] = await Promise.allSettled([preview('job')]);
      expect(asJob?.status === 'fulfilled', title).toBe(ci);
      for (const { operation, path, comparison, example } of needs) {
        const operand = comparison === 'at_most' ? { at_most: Number(example) } : { ends_with: example };
        const narrowed = { ...grant, operations, arguments: { [operation]: { [path]: operand } }, limit: 1000 };
        const { items: found } = await previewGrant(it.owner(), narrowed);
        expect(found.filter((item) => item.narrowed).map((item) => item.operation)).toEqual([operation]);
      }
    }
    await expect(listPresets(it.owner(), { connection: 'none', limit: 1 })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('a provider says of each root credential how the narrowest is made, and where alone it is sent', async () => {
    const { items } = await listProviders(it.owner(), { limit: 100 });
    for (const { credential_kinds, base_url } of items) {
      expect(credential_kinds.map(({ narrowness }) => narrowness)).toContain(1);
      for (const kind of credential_kinds) expect(kind.sealed_to).toContain(new URL(base_url).origin);
    }
  });

  test('what a client reaches is told by connection, operation and environment, with the grants that let it', async () => {
    const auth = { method: 'client_secret_basic' as const };
    await createClient(it.owner(), { client_id: 'seen', kind: 'agent', name: 'Seen', auth });
    const make = (more: object) => createGrant(it.owner(), { ...grant, client_id: 'seen', ...more });
    const reach = (filter: object = {}) => listReach(it.owner(), { id: 'seen', limit: 1000, ...filter });
    expect(await reach()).toEqual({ items: [], next_cursor: null });
    const wide = await make({ name: 'Domains', operations: ['customDomain*', 'customDomainDelete'] });
    const narrow = await make({ operations: ['customDomainCreate'], resources: ['service:s_1'] });
    await make({ operations: ['volumeDelete'], expires_at: new Date(it.services.now() + 3_000_000).toISOString() });
    const created = (await reach({ q: 'DOMAINcreate' })).items;
    const named = [wide, narrow].map(({ id, name }) => ({ id, name }));
    const told = { connection: 'railway', operation: 'customDomainCreate', environment: 'staging', outcome: 'allow' };
    expect(created).toEqual([expect.objectContaining({ ...told, narrowed: false, grants: named, grant_count: 2 })]);
    const destroying = async () => (await reach({ effect: 'destroy', outcome: 'hold' })).items;
    expect((await destroying()).map(({ operation }) => operation)).toEqual(['customDomainDelete', 'volumeDelete']);
    it.wait(3_600_000);
    expect((await destroying()).map(({ operation }) => operation)).toEqual(['customDomainDelete']);
    expect((await reach({ environment: 'production' })).items).toEqual([]);
    expect((await reach({ connection: 'elsewhere' })).items).toEqual([]);
    await deleteGrant(it.owner(), { id: wide.id });
    expect((await reach()).items).toEqual([
      expect.objectContaining({ operation: 'customDomainCreate', narrowed: true, grant_count: 1 }),
    ]);
    await expect(listReach(it.owner(), { id: 'nobody', limit: 1 })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('what of a root credential no grant uses is told, in numbers and in sentences', async () => {
    const unused = () => showUnused(it.owner(), { connection: 'railway' });
    for (const { id } of (await listGrants(it.owner(), { limit: 1000 })).items) await deleteGrant(it.owner(), { id });
    const before = await unused();
    expect(before).toMatchObject({
      credential: 'account_token',
      wider: [/project_token/, 'No grant uses it at all.'].map(matching),
    });
    expect(before.environments).toEqual(expect.arrayContaining(['shared', 'staging', 'production']));
    const { id } = await createGrant(it.owner(), { ...grant, operations: ['*:read', 'volumeDelete'] });
    const after = await unused();
    expect(after.environments).toEqual(before.environments.filter((slug) => slug !== 'staging'));
    const { read, destroy, escalate } = after.operations;
    expect([read.granted, destroy.granted, escalate.granted]).toEqual([read.all, 1, 0]);
    expect(after.wider.at(-1)).toBe('No grant covers anything that is write, reveal, execute, escalate.');
    await deleteGrant(it.owner(), { id });
    expect(await unused()).toEqual(before);
    await expect(showUnused(it.owner(), { connection: 'none' })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('all grants together are told by environment and effect, and what to look at, once there is a reason', async () => {
    await createClient(it.owner(), { client_id: 'other', kind: 'agent', name: 'Other', auth });
    const exposure = (limit = 1000) => getExposure(it.owner(), { limit });
    const make = (more: object) => createGrant(it.owner(), { ...grant, ...more });
    const expires_at = new Date(it.services.now() + 3_600_000).toISOString();
    const made = [
      await make({ environments: ['staging', 'production'], operations: ['volumeDelete', '*:read'], name: 'Disks' }),
      await make({ client_id: 'other', environments: ['*'], operations: ['volumeDelete'], expires_at }),
      await make({ client_id: 'other', operations: ['*:read'] }),
    ];
    const { items, findings } = await exposure();
    const staging = items.find(({ environment }) => environment === 'staging');
    const hold = { mildest: 'hold', strictest: 'hold' };
    expect(staging).toMatchObject({ connection: 'railway', kind: 'other' });
    expect(staging?.effects).toEqual([
      expect.objectContaining({ effect: 'read', clients: 2, mildest: 'allow', strictest: 'allow' }),
      { effect: 'destroy', clients: 2, operations: 1, ...hold },
    ]);
    const production = items.find(({ environment }) => environment === 'production');
    expect(production?.effects.map(({ effect, clients }) => [effect, clients])).toEqual([
      ['read', 1],
      ['destroy', 2],
    ]);
    const [disks, wide] = made;
    expect(findings.filter(({ grant_id }) => grant_id !== undefined)).toEqual([
      {
        ...{ kind: 'lasting_harm', connection: 'railway', client_id: 'helper', grant_id: disks?.id },
        sentence:
          'The grant Disks of helper covers what may destroy in production, where it is protected, and never ends.',
      },
      {
        ...{ kind: 'every_environment', connection: 'railway', client_id: 'other', grant_id: wide?.id },
        sentence: `The grant ${wide?.id} of other covers every environment of railway, those added later included.`,
      },
    ]);
    expect(kindsOf(findings)).toEqual(expect.arrayContaining(['credential_wider', 'client_without_grant job']));
    expect((await exposure(1)).findings).toEqual(findings);
    it.wait(366 * 86_400_000);
    const later = kindsOf((await exposure()).findings);
    expect(later).toEqual(
      expect.arrayContaining(['grant_unused helper', 'grant_unused other', 'client_secret_old other']),
    );
    expect(later).not.toContain('every_environment other');
    await rotateSecret(it.owner(), { id: 'other' });
    const { store, organization_id } = it.services;
    const uses = { organization_id, ids: [made[0]?.id ?? ''], now: it.services.now() };
    await store.transaction((tx) => noteGrantUses(tx, uses));
    const mended = kindsOf((await exposure()).findings);
    expect(mended).not.toContain('client_secret_old other');
    expect(mended).not.toContain('grant_unused helper');
    for (const { id } of made) await deleteGrant(it.owner(), { id });
  });

  test('of findings of one kind no more are told than a person reads, and how many there are besides', async () => {
    for (let count = 0; count < 52; count += 1)
      await createClient(it.owner(), { client_id: `idle-${count}`, kind: 'agent', name: 'Idle', auth });
    const { findings, findings_left_out } = await getExposure(it.owner(), { limit: 1 });
    const told = findings.filter(({ kind }) => kind === 'client_without_grant');
    expect([told.length, findings_left_out > 0]).toEqual([50, true]);
  });

  describe('what a client was refused', () => {
    const refusals = (more: object = {}) => listRefusals(it.owner(), { id: 'tried', hours: 24, limit: 100, ...more });
    /** A call of the client, decided by no grant at all and recorded. */
    const refuse = async (name: string, effect: Effect, args: JsonObject, more: Partial<Refused> = {}) => {
      const { environments = ['staging'], subject = 'tried', base = effect } = more;
      const operations = [
        {
          ...{ name, effect, base_effect: base, arguments: args, secret_arguments: [], targets: [], containers: [] },
          environments: environments.map((slug) => ({ slug, kind: 'other' as const })),
        },
      ];
      const chain = [{ link: 'grants', subject, allowances: [] }] as const;
      const decision = decide({ connection: 'railway', chain, guardrails: [], operations, now: 0 });
      const plain = decidedRequest({}, {}, { operations });
      const request_id = makeId('request', { now: it.services.now(), randomBytes });
      const caller = { ...plain.caller, client_id: 'tried' };
      await authorize(it.services, { ...plain, request_id, caller, decision, epochs: [] });
      it.wait(1_000);
      return request_id;
    };
    interface Refused {
      readonly environments: readonly string[];
      readonly subject: string;
      readonly base: Effect;
    }
    const domain = (name: string) => ({ input: { domain: name } });

    test('is listed by operation and environment, newest first, each with the smallest detail of its newest request', async () => {
      await createClient(it.owner(), { client_id: 'tried', kind: 'agent', name: 'Tried', auth });
      expect(await refusals()).toEqual({ items: [], next_cursor: null });
      await refuse('customDomainCreate', 'write', domain('a.example.com'));
      await refuse('customDomainCreate', 'write', domain('a.example.com'));
      const last = await refuse('customDomainCreate', 'write', domain('b.example.com'));
      const raised = { environments: ['production', 'staging'], base: 'write' as const };
      const state = { volumeId: 'v_1', input: { state: 'DELETED' } };
      const worse = await refuse('volumeInstanceUpdate', 'destroy', state, raised);
      // Not this client's to be granted, and nothing that a grant mends.
      await refuse('volumeCreate', 'write', {}, { subject: 'helper' });
      await refuse('nothingThatIsThere', 'write', {});
      const { items } = await refusals();
      const operation = 'volumeInstanceUpdate';
      const destroying = { connection: 'railway', operation, effect: 'destroy', count: 1, request_id: worse };
      const held = { outcome: 'hold', approve: true, hold_minutes: 60 };
      expect(items).toEqual([
        expect.objectContaining({ ...destroying, environment: 'production', protected: true, guarded: held }),
        expect.objectContaining({ ...destroying, environment: 'staging', protected: false }),
        {
          ...{ connection: 'railway', environment: 'staging', operation: 'customDomainCreate', effect: 'write' },
          ...{ protected: false, guarded: { outcome: 'allow', approve: false, hold_minutes: 0 } },
          ...{ count: 3, variants: 2, request_id: last, code: 'operation_not_granted', last_at: expect.any(String) },
          detail: {
            ...{ type: 'provider_operations', connection: 'railway', environments: ['staging'] },
            operations: ['customDomainCreate'],
            arguments: { customDomainCreate: { 'input.domain': { equals: 'b.example.com' } } },
          },
        },
      ]);
      expect(items[0]?.detail).toMatchObject({ environments: ['production'], operations: [`${operation}:destroy`] });
      const { missing } = await getRefusal(it.owner(), { request_id: last });
      expect(missing).toEqual([items[2]?.detail]);
      expect((await refusals({ limit: 1, cursor: '1' })).items).toEqual([items[1]]);
    });

    test('is no longer listed once it was granted, or is older than asked', async () => {
      const [production, staging, created] = (await refusals()).items;
      for (const item of [production, created]) {
        const { type: _, environments = [], ...scope } = item?.detail ?? { type: '', connection: '', operations: [] };
        await createGrant(it.owner(), { client_id: 'tried', ...scope, environments });
      }
      expect((await refusals()).items).toEqual([staging]);
      const wide = { client_id: 'tried', connection: 'railway', environments: ['*'], operations: ['*:destroy'] };
      const { id } = await createGrant(it.owner(), wide);
      expect((await refusals()).items).toEqual([]);
      await deleteGrant(it.owner(), { id });
      it.wait(25 * 3_600_000);
      expect((await refusals()).items).toEqual([]);
      expect((await refusals({ hours: 48 })).items).toEqual([staging]);
    });
  });
});
