/**
 * Limits of grants: what is forwarded is counted with its record, and never more than the limit, whichever broker and grant it came by. And
 * when a grant was used.
 */
import { decide, type GrantScope, type Guardrail, type Limit, mostOf, SHIPPED_GUARDRAILS } from '@writ/core';
import { DecidedAgainst } from '@writ/gateway';
import { getGrant, insertClient, insertConnection, insertGrant, listUsers, updateGrant } from '@writ/store';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorize, authorizeUse } from '../../packages/broker/src/record/authorize.ts';
import type { DecidedRequest } from '../../packages/broker/src/record/digest.ts';
import { decidedRequest } from '../../packages/broker/test/decided-request.ts';
import { type InProcess, openInProcess, openTwo, type TwoBrokers } from '../support/in-process.ts';
import { DATABASES } from '../support/store.ts';

const FORK = { slug: 'pr-7', kind: 'ephemeral' } as const;
const PRODUCTION = { slug: 'production', kind: 'protected' } as const;
const DAILY: Limit = { operations: 'resize', count: 5, per: 'week' };

interface Asked {
  readonly client_id: string;
  readonly grants: readonly Partial<GrantScope>[];
  readonly task_id?: string;
  readonly names?: readonly string[];
  readonly size?: number;
  readonly environment?: typeof FORK | typeof PRODUCTION;
  readonly guardrails?: readonly Guardrail[];
}

let made = 0;

/** A request as the gateway decides it, of operations that destroy nothing. */
function requestOf({ client_id, grants, task_id = 'tsk_1', size = 1, ...asked }: Asked): DecidedRequest {
  const { names = ['resize'], environment = FORK, guardrails = SHIPPED_GUARDRAILS } = asked;
  const operations = names.map((name) => ({
    name,
    ...({ effect: 'write', base_effect: 'write' } as const),
    arguments: { size },
    secret_arguments: [],
    targets: [],
    containers: [],
    environments: [environment],
  }));
  const allowances = grants.map((scope, at) => ({
    scope: { connection: 'railway', environments: ['*'], operations: ['*'], ...scope },
    grant_id: `grt_${at}`,
  }));
  const chain = [{ link: 'grants', subject: client_id, allowances }] as const;
  const decision = decide({ connection: 'railway', chain, guardrails, operations, now: 0 });
  made += 1;
  const plain = decidedRequest({}, {}, { operations });
  const caller = { ...plain.caller, client_id, task_id };
  return { ...plain, request_id: `req_${made}`, caller, decision, epochs: [] };
}

async function addClientAndConnection({ services }: InProcess): Promise<void> {
  const { store, organization_id, now } = services;
  const made = { organization_id, created_by: 'usr_1', created_at: now() };
  const origin = 'https://railway.example';
  await store.transaction(async (tx) => {
    const [owner] = (await listUsers(tx, { organization_id, limit: 1 })).items;
    const slug = 'railway';
    await insertConnection(tx, {
      ...made,
      id: 'con_used',
      slug,
      provider: slug,
      base_url: origin,
      origin,
      settings: {},
    });
    const client = { client_id: 'used', kind: 'agent' as const, name: 'Used', auth: {}, settings: {} };
    await insertClient(tx, { ...made, ...client, owner_id: owner?.id ?? '' });
  });
}

/** Whether it is let through; or the reason by which a limit refused it. */
async function sent({ services }: InProcess, request: DecidedRequest) {
  try {
    return (await authorize(services, request)).authorized !== undefined;
  } catch (error) {
    if (error instanceof DecidedAgainst) return error.decision;
    throw error;
  }
}

describe.each(DATABASES)('limits, on %s', (kind) => {
  let two: TwoBrokers;
  let brokers: TwoBrokers['brokers'];
  let it: InProcess;
  beforeAll(async () => {
    two = await openTwo(kind);
    ({ brokers } = two);
    [it] = brokers;
  });
  afterAll(() => two?.close());
  const eventsOf = async (client_id: string) => (await it.audit()).filter((event) => event['client_id'] === client_id);

  test('of fifty calls at once, at two brokers, as many are recorded as the limit lets through', async () => {
    const asked = () => requestOf({ client_id: 'many', grants: [{}, { limits: [DAILY] }] });
    const all = await Promise.all(Array.from({ length: 50 }, (_, at) => sent(brokers[at % 2] ?? it, asked())));
    expect(all.filter((one) => one === true)).toHaveLength(5);
    const reason = { rule: 'limit_reached', limit: DAILY, used: { used: 5, adds: 1, ends_at: expect.any(Number) } };
    for (const one of all.filter((each) => each !== true))
      expect(one).toMatchObject({ result: 'refuse', code: 'operation_not_granted', reasons: [reason] });
    const events = await eventsOf('many');
    const allowed = events.filter((event) => event['kind'] === 'request.allowed');
    expect(allowed).toHaveLength(5);
    expect(allowed[0]).toMatchObject({ data: { limits: [{ limit: '5 resize per week', adds: 1 }] } });
    const refused = events.filter((event) => event['kind'] === 'request.refused');
    expect(refused).toHaveLength(45);
    expect(refused[0]).toMatchObject({ result: 'operation_not_granted', data: { reasons: [reason] } });
  });

  test('nobody is asked about what a limit would refuse, and what waits uses nothing', async () => {
    const approve: Guardrail = { environments: 'ephemeral', operations: 'resize', outcome: 'approve' };
    const waiting = () =>
      requestOf({ client_id: 'waits', grants: [{ limits: [{ ...DAILY, count: 1 }] }], guardrails: [approve] });
    expect([await sent(it, waiting()), await sent(it, waiting())]).toEqual([false, false]);
    // What it waited for is used up, by one of fifty at once: from then on a human is not asked any more.
    let uses = 0;
    const use = async (at: number) => {
      const by = brokers[at % 2] ?? it;
      const taken = await authorizeUse(by.services, waiting(), async () => {
        uses += 1;
        return true;
      }).catch((error: unknown) => error);
      return taken instanceof DecidedAgainst ? taken.decision.reasons[0]?.rule : taken;
    };
    const all = await Promise.all(Array.from({ length: 50 }, (_, at) => use(at)));
    expect(all.filter((one) => one === 'limit_reached')).toHaveLength(49);
    expect(uses).toBe(1);
    expect(await sent(it, waiting())).toMatchObject({ reasons: [{ rule: 'limit_reached' }] });
    const kinds = (await eventsOf('waits')).map(({ kind: one }) => one);
    expect(kinds.filter((one) => one === 'request.waiting')).toHaveLength(2);
    expect(kinds.filter((one) => one === 'request.allowed')).toHaveLength(1);
    expect(kinds.filter((one) => one === 'request.refused')).toHaveLength(50);
  });

  test('what is overtaken, and what is not used, counts nothing', async () => {
    const asked = () => requestOf({ client_id: 'stale', grants: [{ limits: [{ ...DAILY, count: 1 }] }] });
    const overtaken = { ...asked(), epochs: [{ scope: 'task', subject: 'tsk_1', epoch: 9 }] } as const;
    expect((await authorize(it.services, overtaken)).stale).toHaveLength(1);
    expect(await authorizeUse(it.services, asked(), async () => false)).toEqual({ stale: [] });
    expect(await sent(it, asked())).toBe(true);
  });

  test('a limit counts for every task of its client together, and one per task for each', async () => {
    const limits: Limit[] = [
      { ...DAILY, count: 3 },
      { ...DAILY, count: 2, per: 'task' },
    ];
    const by = (task_id: string) => sent(it, requestOf({ client_id: 'tasks', grants: [{ limits }], task_id }));
    expect([await by('a'), await by('a')]).toEqual([true, true]);
    expect(await by('a')).toMatchObject({ reasons: [{ limit: { per: 'task' } }] });
    expect(await by('b')).toBe(true);
    expect(await by('c')).toMatchObject({ reasons: [{ limit: { per: 'week' } }] });
  });

  test('when a grant let a call through is noted with its record, once an hour, and never for what was refused or only waits', async () => {
    const { store, organization_id, now } = it.services;
    await addClientAndConnection(it);
    const scope = { connection: 'railway', environments: ['*'], operations: ['*'] };
    const place = { client_id: 'used', connection_id: 'con_used', scope, created_by: 'usr_1' };
    const moments = { created_at: now(), updated_at: now() };
    const row = (id: string) => ({ organization_id, id, ...place, ...moments });
    await store.transaction((tx) => insertGrant(tx, row('grt_0')));
    const lastUsed = async () => (await getGrant(store.db, { organization_id, id: 'grt_0' }))?.last_used_at ?? null;
    const asked = (grant: Partial<GrantScope> = {}) => requestOf({ client_id: 'used', grants: [grant] });
    const approve: Guardrail = { environments: 'ephemeral', operations: 'resize', outcome: 'approve' };
    const waiting = () => requestOf({ client_id: 'used', grants: [{}], guardrails: [approve] });
    it.wait(3_600_001);
    await sent(it, waiting());
    await sent(it, asked({ operations: ['restart'] }));
    await authorize(it.services, { ...asked(), epochs: [{ scope: 'task', subject: 'tsk_1', epoch: 9 }] });
    expect(await lastUsed()).toBeNull();
    await Promise.all([sent(it, asked()), sent(it, asked()), sent(brokers[1], asked())]);
    const first = await lastUsed();
    expect(first).toBeGreaterThanOrEqual(moments.created_at);
    await sent(it, asked());
    expect(await lastUsed()).toBe(first);
    it.wait(3_600_001);
    await sent(it, asked({ limits: [{ ...DAILY, count: 9 }] }));
    const second = await lastUsed();
    expect(second).toBeGreaterThan(Number(first) + 3_600_000);
    it.wait(3_600_001);
    await authorizeUse(it.services, waiting(), async () => true);
    expect(await lastUsed()).toBeGreaterThan(Number(second) + 3_600_000);
  });

  test('a grant that somebody is changing holds up no record', async () => {
    const { store, organization_id, now } = it.services;
    it.wait(3_600_001);
    const asked = () => sent(it, requestOf({ client_id: 'used', grants: [{}] }));
    const [locked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const changing = store.transaction(async (tx) => {
      await updateGrant(tx, { organization_id, id: 'grt_0', now: now(), set: {} });
      locked.resolve();
      await released.promise;
    });
    await locked.promise;
    // The embedded database has one transaction at a time.
    if (kind === 'postgres') expect(await asked()).toBe(true);
    released.resolve();
    await changing;
    if (kind === 'embedded') expect(await asked()).toBe(true);
  });
});

test('no grants, guardrails and calls let more through than any limit of a grant that covers them', async () => {
  const it = await openInProcess('embedded');
  const name = fc.constantFrom('resize', 'restart');
  const limit = fc.oneof(
    fc.record({
      operations: fc.constantFrom('resize', 're*', '*:write'),
      count: fc.integer({ min: 1, max: 3 }),
      per: fc.constantFrom('day' as const, 'week' as const),
    }),
    fc.record({
      operations: fc.constantFrom('resize', '*'),
      sum: fc.constant('size'),
      most: fc.integer({ min: 1, max: 6 }),
      per: fc.constant('week' as const),
    }),
  );
  const grant = fc.record(
    {
      operations: fc.uniqueArray(fc.constantFrom('resize', 'restart', '*'), { minLength: 1, maxLength: 2 }),
      limits: fc.array(limit, { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['operations'] },
  );
  const call = fc.record({
    names: fc.array(name, { minLength: 1, maxLength: 2 }),
    size: fc.integer({ min: 0, max: 4 }),
    environment: fc.constantFrom(FORK, FORK, PRODUCTION),
    task_id: fc.constantFrom('a', 'b'),
  });
  const guardrails = fc.constantFrom<Guardrail[]>(
    [...SHIPPED_GUARDRAILS],
    [
      ...SHIPPED_GUARDRAILS,
      { environments: 'ephemeral', operations: 'restart', when: { size: { at_least: 3 } }, outcome: 'deny' },
    ],
  );
  let [client, passed, refused] = [0, 0, 0];
  const covers = (operations: readonly string[], one: string) => operations.includes(one) || operations.includes('*');
  const counts = ({ operations }: Limit, one: string) => ['*', '*:write', 're*', one].includes(operations);
  await fc.assert(
    fc.asyncProperty(
      fc.array(grant, { minLength: 1, maxLength: 3 }),
      fc.array(call, { maxLength: 10 }),
      guardrails,
      async (grants, calls, rules) => {
        client += 1;
        const through: (typeof calls)[number][] = [];
        for (const one of calls) {
          const result = await sent(it, requestOf({ ...one, client_id: `cli_${client}`, grants, guardrails: rules }));
          if (result === true) through.push(one);
          else refused += 1;
        }
        passed += through.length;
        for (const { operations, limits = [] } of grants) {
          for (const each of limits) {
            const counted = through.flatMap(({ names, size }) =>
              names.filter((one) => covers(operations, one) && counts(each, one)).map(() => ('sum' in each ? size : 1)),
            );
            expect(counted.reduce((sum, added) => sum + added, 0)).toBeLessThanOrEqual(mostOf(each));
          }
        }
      },
    ),
    { numRuns: 60 },
  );
  await it.close();
  expect(Math.min(passed, refused)).toBeGreaterThan(20);
});
