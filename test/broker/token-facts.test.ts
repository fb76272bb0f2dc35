/** What is known of who calls: how little is asked for it, what tokens share, and that what has changed is never passed over. */
import { bumpEpochs, type EpochKey, replaceGuardrails, revokeGrant, type Tx } from '@writ/store';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { createCallers } from '../../packages/broker/src/live/callers.ts';
import { createClientMemory } from '../../packages/broker/src/live/client-facts.ts';
import type { Callers } from '../../packages/broker/src/live.ts';
import { DATABASES } from '../support/store.ts';
import { basic, ISSUER, openTokenScene, type TokenScene, tokenOf } from '../support/token-scene.ts';

describe.each(DATABASES)('who calls, on %s', (kind) => {
  let it: TokenScene;
  beforeAll(async () => {
    it = await openTokenScene(kind);
  });
  afterAll(() => it?.close());

  /** A broker that hears of no change. */
  const deaf = (): Callers => {
    const confirmed = () => undefined;
    const clients = createClientMemory(it.services, { confirmed });
    return createCallers(it.services, { confirmed, clients });
  };
  const verified = async (authorization?: string) => {
    const token = tokenOf(await it.ask({}, authorization));
    return await it.services.live.verifier.verify(token, { audience: [`${ISSUER}/gateway`] });
  };
  const scope = { connection: 'railway', environments: ['staging'], operations: ['*:read'] };
  /** What another broker does. */
  const elsewhere = (key: EpochKey, work: (tx: Tx) => Promise<unknown>) =>
    it.services.store.transaction(async (tx) => {
      const { organization_id, now } = it.services;
      await work(tx);
      await bumpEpochs(tx, { organization_id, now: now(), keys: [key] });
    });

  test('the first use of a token of a known client is one query, however many grants the client has', async () => {
    const callers = deaf();
    await callers.facts(await verified(), {});
    const tokens = await Promise.all([verified(), verified()]);
    // What drizzle calls for every query that it runs.
    const run = vi.spyOn(Reflect.get(it.services.store.db._.session, 'logger') as { logQuery(): void }, 'logQuery');
    for (const token of tokens) await callers.facts(token, {});
    const queries = run.mock.calls.length;
    await callers.facts(tokens[0], {});
    const again = run.mock.calls.length;
    run.mockRestore();
    expect([queries, again]).toEqual([2, 2]);
  });

  test('all tokens of a client share what is the same for them', async () => {
    const callers = deaf();
    const [one, other] = [await callers.facts(await verified(), {}), await callers.facts(await verified(), {})];
    expect(one.jti).not.toBe(other.jti);
    expect(one.grants.length).toBeGreaterThan(0);
    for (const name of ['client', 'grants', 'guardrails'] as const) expect(one[name], name).toBe(other[name]);
    expect(one.chain[1]).toBe(other.chain[1]);
    // What was asked for alike is the same, too.
    expect(one.authorization_details).toBe(other.authorization_details);
    expect(one.chain[0]?.allowances).toBe(other.chain[0]?.allowances);
    expect(one.chain[0]?.subject).toBe(one.jti);
  });

  test('a grant that another broker took away is none of a token used first then, nor of one that is read again', async () => {
    const auth = { method: 'client_secret_basic' as const };
    const made = await createClient(it.owner(), { client_id: `taken-${kind}`, kind: 'agent', name: 'Taken', auth });
    const { client_id } = made;
    const kept = await createGrant(it.owner(), { client_id, ...scope });
    const taken = await createGrant(it.owner(), { client_id, ...scope, operations: ['customDomain*'] });
    const authorization = basic(client_id, made.client_secret ?? '');
    const callers = deaf();
    const [before, after] = [await verified(authorization), await verified(authorization)];
    const idsOf = async (facts: ReturnType<Callers['facts']>) => (await facts).grants.map(({ id }) => id);
    expect(await idsOf(callers.facts(before, {}))).toEqual([kept.id, taken.id]);
    const { organization_id, now } = it.services;
    await elsewhere({ scope: 'client', subject: client_id }, (tx) =>
      revokeGrant(tx, { organization_id, id: taken.id, now: now() }),
    );
    expect(await idsOf(callers.facts(after, {}))).toEqual([kept.id]);
    expect(await idsOf(callers.reload(before, {}))).toEqual([kept.id]);
  });

  test('a guardrail that another broker added guards a token used first then', async () => {
    const callers = deaf();
    const [before, after] = [await verified(), await verified()];
    const { guardrails } = await callers.facts(before, {});
    const rule = { environments: 'staging', operations: 'customDomain*', outcome: 'deny' as const };
    const { organization_id, now } = it.services;
    const row = { id: 'gua_1', rule, created_by: 'usr_test', created_at: now() };
    await elsewhere({ scope: 'organization', subject: organization_id }, (tx) =>
      replaceGuardrails(tx, { organization_id, guardrails: [row] }),
    );
    const then = (await callers.facts(after, {})).guardrails;
    expect(then).toHaveLength(guardrails.length + 1);
    expect(then).toContainEqual(rule);
    expect((await callers.reload(before, {})).guardrails).toBe(then);
  });
});
