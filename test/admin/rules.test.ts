import type { UserActor } from '@writ/broker';
import { type Guardrail, makeId, type WritError } from '@writ/core';
import { insertConnection, insertEnvironment, readEpochs } from '@writ/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { patchEnvironment } from '../../packages/broker/src/environments/patch.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { deleteFreeze } from '../../packages/broker/src/freeze/delete.ts';
import { listFreezes } from '../../packages/broker/src/freeze/list.ts';
import { undoGuardChange } from '../../packages/broker/src/guard-changes/undo.ts';
import { getGuardrails } from '../../packages/broker/src/guardrails/get.ts';
import { putGuardrails } from '../../packages/broker/src/guardrails/put.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';

const caught = (work: Promise<unknown>): Promise<WritError> =>
  work.then(
    () => Promise.reject(new Error('was not refused')),
    (error: WritError) => error,
  );

describe.each(['embedded', 'postgres'] as const)('on %s', (database) => {
  let opened: InProcess;
  let owner: UserActor;
  beforeAll(async () => {
    opened = await openInProcess(database);
    owner = opened.owner().actor;
    for (const slug of ['railway', 'railway-two']) await addConnection(slug);
  });
  afterAll(() => opened.close());

  async function addConnection(slug: string): Promise<void> {
    const { store, now, randomBytes } = opened.services;
    const at = { organization_id: 'default', created_by: owner.user_id, created_at: now() };
    const id = makeId('connection', { now: now(), randomBytes });
    const origin = 'https://backboard.railway.com';
    await store.transaction((tx) =>
      insertConnection(tx, { ...at, id, slug, provider: 'railway', base_url: origin, origin, settings: {} }),
    );
    for (const name of ['production', 'staging']) {
      const row = {
        ...at,
        id: makeId('environment', { now: now(), randomBytes }),
        connection_id: id,
        slug: name,
        selector: { environment_ids: [`${slug}-${name}`] },
        members: [`environment_ids:${slug}-${name}`],
        protected: name === 'production',
      };
      await store.transaction((tx) => insertEnvironment(tx, row));
    }
  }

  const put = (items: readonly Guardrail[], role: UserActor['role'] = 'owner', version?: string) =>
    putGuardrails(opened.as({ ...owner, role }), { items: [...items], ...(version !== undefined && { version }) });

  const allowInOne: Guardrail = {
    connection: 'railway',
    environments: 'production',
    operations: 'customDomainDelete',
    outcome: 'allow',
  };

  test('an admin tightens, by pattern and by kind; what stands is told with the shipped set', async () => {
    const rules: Guardrail[] = [
      { environments: 'protected', operations: '*:reveal', outcome: 'deny' },
      { environments: 'staging', operations: 'volume*', outcome: 'approve' },
    ];
    const put1 = await put(rules, 'admin');
    expect(put1.items).toEqual(rules);
    expect(await getGuardrails(opened.as(owner))).toEqual(put1);
    expect(put1.shipped.length).toBeGreaterThan(10);
  });

  test('only an owner loosens: by a rule, and by taking one away', async () => {
    const { items } = await getGuardrails(opened.as(owner));
    const refused = await caught(put([...items, allowInOne], 'admin'));
    expect(refused).toMatchObject({ code: 'forbidden' });
    expect(refused.message).toMatch(/Only an owner loosens.*customDomainDelete \(destroy\) in production of railway/);
    expect(await caught(put(items.slice(1), 'admin'))).toMatchObject({ code: 'forbidden' });
    expect(await caught(put([], 'admin'))).toMatchObject({ code: 'forbidden' });
    expect((await put([...items, allowInOne])).items).toHaveLength(3);
    expect((await put([])).items).toEqual([]);
  });

  test.each([
    ['a pattern', { ...allowInOne, operations: 'customDomain*' }, 'items.0.operations', /must name one operation/],
    ['a kind', { ...allowInOne, environments: 'protected' }, 'items.0.environments', /must name one environment/],
    [
      'an environment of two connections',
      { environments: 'production', operations: 'customDomainDelete', outcome: 'allow' },
      'items.0.connection',
      /in railway, railway-two/,
    ],
    [
      'an operation that is not there',
      { ...allowInOne, operations: 'customDomainDelet' },
      'items.0.operations',
      /names no operation/,
    ],
    [
      'a pattern that reaches nothing',
      { environments: 'protected', operations: 'nothing*', outcome: 'deny' },
      'items.0.operations',
      /reaches no operation/,
    ],
    [
      'an environment that is not there',
      { ...allowInOne, environments: 'prodution' },
      'items.0.environments',
      /names no environment/,
    ],
    [
      'a condition on what is no argument of it',
      { ...allowInOne, when: { 'input.amount': { at_most: 5 } } },
      'items.0.when.input.amount',
      /is neither an argument of customDomainDelete nor one of target\.name, target\.id/,
    ],
    [
      'a connection that is not there',
      { ...allowInOne, connection: 'railwy' },
      'items.0.connection',
      /names no connection/,
    ],
  ] satisfies [string, Guardrail, string, RegExp][])(
    'a rule with %s is refused by its field, for an owner too',
    async (_, rule, field, problem) => {
      const { code, extras } = await caught(put([rule]));
      expect(code).toBe('validation_failed');
      expect(extras.fields).toContainEqual(expect.objectContaining({ field, problem: expect.stringMatching(problem) }));
    },
  );

  test('a loosening is taken back as it was, by another change of its own; not when anything changed since', async () => {
    const tight: Guardrail = { environments: 'staging', operations: 'volume*', outcome: 'approve' };
    await put([tight]);
    const loosening = opened.as(owner);
    await putGuardrails(loosening, { items: [allowInOne] });
    const { request_id } = loosening;
    await put([allowInOne, tight]);
    const undo = (ctx = opened.as(owner), id = request_id) => undoGuardChange(ctx, { request_id: id });
    expect(await caught(undo())).toMatchObject({ code: 'conflict', message: expect.stringMatching(/changed since/) });
    await put([allowInOne]);
    const undoing = opened.as({ ...owner, role: 'admin' } as const);
    expect(await undo(undoing)).toMatchObject({ request_id, kind: 'guardrails.replaced' });
    expect((await getGuardrails(opened.as(owner))).items).toEqual([tight]);
    const entry = (await opened.audit()).find((each) => each['request_id'] === undoing.request_id);
    expect(entry).toMatchObject({
      kind: 'guardrails.replaced',
      data: { undoes: request_id, added: [tight], loosened: [] },
    });
    expect((await caught(undo())).code).toBe('conflict');
    // To take back what tightened is to loosen: then it takes an owner.
    expect((await caught(undo(opened.as({ ...owner, role: 'admin' }), undoing.request_id))).code).toBe('forbidden');
    expect((await caught(undo(opened.as(owner), 'req_none'))).code).toBe('not_found');
    await put([]);
  });

  test('so is a protection that was taken away', async () => {
    const place = { connection: 'railway', environment: 'production' };
    const loosening = opened.as(owner);
    await patchEnvironment(loosening, { ...place, protected: false });
    const { request_id } = loosening;
    const undo = (id = request_id) => undoGuardChange(opened.as({ ...owner, role: 'admin' }), { request_id: id });
    expect((await undo()).undone).not.toEqual([]);
    const state = async () => (await opened.services.live.connections.require('railway')).environments;
    expect((await state()).find(({ slug }) => slug === 'production')?.kind).toBe('protected');
    expect(await caught(undo())).toMatchObject({ code: 'conflict', message: expect.stringMatching(/changed since/) });
    const [last] = (await opened.audit()).filter(({ kind }) => kind === 'environment.changed').slice(-1);
    expect(last).toMatchObject({ data: { protected: true, before: { protected: false }, undoes: request_id } });
  });

  test("rules with conditions are kept as given; one that tightens is an admin's, one that loosens an owner's", async () => {
    const operations = 'customDomainCreate';
    const tightening: Guardrail = {
      environments: 'protected',
      operations,
      when: { 'input.domain': { ends_with: '.example.com' } },
      outcome: 'approve',
      quorum: 2,
    };
    const loosening: Guardrail = { ...allowInOne, when: { 'target.name': { starts_with: 'test' } } };
    expect((await put([tightening], 'admin')).items).toEqual([tightening]);
    for (const items of [[], [{ ...tightening, quorum: 3, when: { 'input.domain': { equals: 'a' } } }]])
      expect(await caught(put(items as Guardrail[], 'admin'))).toMatchObject({ code: 'forbidden' });
    expect(await caught(put([tightening, loosening], 'admin'))).toMatchObject({ code: 'forbidden' });
    expect((await put([tightening, loosening])).items).toEqual([tightening, loosening]);
    expect(await getGuardrails(opened.as(owner))).toMatchObject({ items: [tightening, loosening] });
    await put([]);
  });

  test('a wrong name comes with the nearest right one', async () => {
    const { extras } = await caught(
      put([{ ...allowInOne, operations: 'customDomainDelet', environments: 'prodution' }]),
    );
    expect(extras.fields?.map(({ nearest }) => nearest)).toEqual(['production', 'customDomainDelete']);
  });

  test('of two who change the same list, the second is told', async () => {
    const { version } = await getGuardrails(opened.as(owner));
    await put([{ environments: 'protected', operations: 'volumeDelete', outcome: 'deny' }], 'admin', version);
    expect(await caught(put([], 'owner', version))).toMatchObject({ code: 'conflict' });
    await put([]);
  });

  test('a freeze moves the epoch it stops by, is listed until it is lifted, and names what is there', async () => {
    const ctx = opened.as(owner);
    const epoch = async () => {
      const keys = [{ scope: 'organization', subject: 'default' }] as const;
      return (await readEpochs(opened.services.store.db, { organization_id: 'default', keys }))[0]?.epoch ?? 0;
    };
    const before = await epoch();
    const frozen = await createFreeze(ctx, { all: true, reason: 'drill' });
    expect(await epoch()).toBe(before + 1);
    expect(frozen).toMatchObject({ scope: 'all', subject: null, reason: 'drill' });
    const second = await createFreeze(ctx, { connection: 'railway', reason: 'incident' });
    expect(second).toMatchObject({ scope: 'connection', subject: 'railway' });
    const first = await listFreezes(ctx, { limit: 1 });
    expect(first.items).toEqual([second]);
    expect((await listFreezes(ctx, { limit: 1, cursor: first.next_cursor ?? '' })).items).toEqual([frozen]);
    await deleteFreeze(ctx, { id: frozen.id });
    expect((await caught(deleteFreeze(ctx, { id: frozen.id }))).code).toBe('not_found');
    expect((await listFreezes(ctx, { limit: 10 })).items).toEqual([second]);
    for (const input of [{ connection: 'nope' }, { client_id: 'nope' }, { task_id: 'nope' }]) {
      expect((await caught(createFreeze(ctx, { ...input, reason: 'x' }))).code).toBe('not_found');
    }
    expect((await opened.audit()).filter(({ kind }) => String(kind).startsWith('freeze.'))).toHaveLength(3);
  });

  test('a freeze is in force, and listed, however many others were made after it', async () => {
    const { store, live } = opened.services;
    const frozen = await createFreeze(opened.as(owner), { all: true, reason: 'incident' });
    await store.db.execute(`insert into freezes
      (organization_id, id, scope, subject, reason, created_by, created_at)
      select 'default', 'frz_z' || i, 'task', 'tsk_' || i, 'x', 'u', now() from generate_series(1, 1001) i`);
    expect(await caught(live.clients.refuseFrozenTask('tsk_another'))).toMatchObject({ code: 'frozen' });
    const listed: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await listFreezes(opened.as(owner), { limit: 1000, ...(cursor !== undefined && { cursor }) });
      listed.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(listed).toContain(frozen.id);
  });
});
