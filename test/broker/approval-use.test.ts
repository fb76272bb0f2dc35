/** A request that a human must approve: asked for once, used once, and only as it was shown (invariant 11). */
import { randomUUID } from 'node:crypto';
import { makeId } from '@writ/core';
import { type Approval, getApproval, insertUser, recordChanges } from '@writ/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { voteNo, voteYes } from '../../packages/store/src/queries/votes.ts';
import { type Door, type DoorAnswer, openDoor } from '../support/gateway-door.ts';
import { DATABASES } from '../support/store.ts';
import { openTokenScene, type TokenScene, taskOf, tokenOf } from '../support/token-scene.ts';

const REVEAL = (mark: string, id = 'e_production') =>
  `query ${mark} { variables(projectId: "p_rentals", environmentId: "${id}", serviceId: "s_api") }`;

describe.each(DATABASES)('approvals, on %s', (kind) => {
  let it: TokenScene;
  let door: Door;
  let token: string;
  let task: string;
  let approver: string;

  beforeAll(async () => {
    it = await openTokenScene(kind);
    door = await openDoor(it.services);
    const scope = { connection: 'railway', environments: ['*'], operations: ['*:read', '*:reveal', 'volumeDelete'] };
    await createGrant(it.owner(), { client_id: 'helper', ...scope });
    approver = await addUser('approver');
  });
  afterAll(async () => {
    await door?.close();
    await it?.close();
  });
  beforeEach(async () => {
    const issued = await it.ask({ task: 'approvals' });
    token = tokenOf(issued);
    task = taskOf(issued);
  });

  // Requests that wait, and denials, are counted over all tasks of the client.
  afterEach(async () => {
    await sql(`update approvals set state = 'cancelled' where state in ('pending', 'approved')`);
    await sql(`update approvals set reopened_at = now() where state = 'denied'`);
  });

  const addUser = async (role: 'owner' | 'admin' | 'approver'): Promise<string> => {
    const { store, organization_id, now, randomBytes } = it.services;
    const id = makeId('user', { now: now(), randomBytes });
    const row = { organization_id, id, email: `${id}@example.com`, name: 'Test Approver', role, created_at: now() };
    await store.transaction((tx) => insertUser(tx, { ...row, password_hash: 'fake' }));
    return id;
  };
  const sql = (text: string) => it.services.store.driver.script((run) => run({ text }));
  const send = (query: string, headers?: Readonly<Record<string, string>>) => door.send(token, query, headers).answer;
  const approvalOf = async ({ problem }: DoorAnswer): Promise<Approval> => {
    const { store, organization_id } = it.services;
    const approval = await getApproval(store.db, { organization_id, id: String(problem?.['approval_id']) });
    if (approval === undefined) throw new Error(`there is no approval in ${JSON.stringify(problem)}`);
    return approval;
  };
  /** What the verbs of approvals do once the assertion was checked. */
  const decide = async (id: string, yes: boolean, reason: string | null = null) => {
    const { store, organization_id, now } = it.services;
    const said = { organization_id, id, user_id: approver, assertion: 'password' } as const;
    await store.transaction(async (tx) => {
      await (yes ? voteYes(tx, { ...said, run: 'client', usable_for: 900 }) : voteNo(tx, { ...said, reason }));
      await recordChanges(tx, { organization_id, now: now(), changes: [{ kind: 'approval', subject: id }] });
    });
  };
  const approve = async (answer: DoorAnswer): Promise<string> => {
    const { id } = await approvalOf(answer);
    await decide(id, true);
    return id;
  };
  /** Documents that arrived at the provider and hold the mark. */
  const arrived = async (mark: string) =>
    (await it.railway.recorded()).requests.filter(({ body }) => body.includes(mark)).length;
  const mark = () => `M${randomUUID().replaceAll('-', '')}`;

  test('a human is asked, with an id and a link; nothing is sent, and the same request asks nobody else', async () => {
    const query = REVEAL(mark());
    const first = await send(query);
    expect(first).toMatchObject({ status: 403, code: 'approval_required' });
    const approval = await approvalOf(first);
    const { publicUrl } = it.services.config;
    expect(first.problem).toMatchObject({
      approval_url: `${publicUrl}/approvals/${approval.id}`,
      status_url: `${publicUrl}/api/v1/self/approvals/${approval.id}`,
      expires_at: new Date(approval.expires_at).toISOString(),
      next: { action: 'ask_human', url: `${publicUrl}/approvals/${approval.id}` },
    });
    expect(first.problem?.['detail']).toMatch(
      /^Nothing was sent\. variables would reveal .* in production; the guardrail .* wants a human's yes\. Ask a human to look at /,
    );
    const again = await send(query);
    expect(again).toMatchObject({
      code: 'approval_pending',
      problem: { approval_id: approval.id, next: { action: 'wait' } },
    });
    expect(approval).toMatchObject({
      state: 'pending',
      client_id: 'helper',
      task_id: task,
      operations: ['variables'],
      quorum: 1,
    });
    expect(approval.expires_at - approval.created_at).toBe(24 * 3600_000);
    const entries = (await it.audit()).filter((entry) => JSON.stringify(entry['data'] ?? {}).includes(approval.id));
    expect(entries.map(({ kind, result }) => [kind, result])).toEqual([
      ['request.waiting', 'approval_required'],
      ['approval.requested', undefined],
      ['request.waiting', 'approval_pending'],
    ]);
  });

  test('what was approved is sent once when it is repeated, by any token of the task and with any volatile header', async () => {
    const name = mark();
    await approve(await send(REVEAL(name)));
    token = tokenOf(await it.ask({ task_id: task }));
    expect(await send(REVEAL(name), { 'idempotency-key': randomUUID() })).toMatchObject({
      status: 200,
      code: 'forwarded',
    });
    expect(await arrived(name)).toBe(1);
    expect((await send(REVEAL(name))).code).toBe('approval_required');
    expect(await arrived(name)).toBe(1);
  });

  test('of many uses at once exactly one passes', async () => {
    const name = mark();
    const id = await approve(await send(REVEAL(name)));
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(REVEAL(name))));
    const codes = answers.map(({ code }) => code).sort();
    expect(codes.filter((code) => code === 'forwarded')).toHaveLength(1);
    expect(codes.filter((code) => code === 'approval_required').length).toBeLessThanOrEqual(1);
    expect(await arrived(name)).toBe(1);
    const { store, organization_id } = it.services;
    expect((await getApproval(store.db, { organization_id, id }))?.state).toBe('used');
  });

  test('a no is told with its reason, and the same act is denied by itself until it has cooled down', async () => {
    const query = REVEAL(mark());
    const { id } = await approvalOf(await send(query));
    await decide(id, false, 'Use the copy in staging.');
    const denied = await send(query);
    expect(denied).toMatchObject({ code: 'approval_denied', problem: { next: { action: 'stop' } } });
    expect(denied.problem?.['detail']).toContain('a human did not approve it: "Use the copy in staging."');
    token = tokenOf(await it.ask({ task: 'another' }));
    expect((await send(`${query} # written otherwise`)).code).toBe('approval_denied');
    await sql(`update approvals set cool_until = now() where id = '${id}'`);
    expect((await send(query)).code).toBe('approval_required');
  });
});
