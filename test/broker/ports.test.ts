import { createGatewayPorts } from '@writ/broker';
import { makeId } from '@writ/core';
import {
  DEFAULT_LIMITS,
  type DecidedCall,
  type GatewayConnection,
  type GatewayPorts,
  HeaderTable,
  type JudgeInput,
  judge,
  type Progress,
  type RequestPort,
  settle,
  Waiting,
} from '@writ/gateway';
import { bumpEpochs, type EpochKey, insertFreeze, revokeTokens, type Tx } from '@writ/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putCredential } from '../../packages/broker/src/connections/credential.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { deleteGrant } from '../../packages/broker/src/grants/delete.ts';
import { putGuardrails } from '../../packages/broker/src/guardrails/put.ts';
import { canonicalHead, canonicalise } from '../../packages/gateway/src/judge/canonicalise.ts';
import { freezes } from '../../packages/store/src/schema/rules.ts';
import { DATABASES } from '../support/store.ts';
import { ISSUER, openTokenScene, type TokenScene, tokenOf } from '../support/token-scene.ts';

const READ = '{ environment(id: "e_staging") { id } }';

const DELETE = 'mutation { customDomainDelete(id: "cd_stag") }';

const NO_BODY = new Uint8Array();

describe.each(DATABASES)("the gateway's ports, on %s", (kind) => {
  let it: TokenScene;
  let ports: GatewayPorts;
  let connection: GatewayConnection;

  beforeAll(async () => {
    it = await openTokenScene(kind);
    ports = createGatewayPorts(it.services);
    const found = await ports.open('railway').find();
    if (found === undefined) throw new Error('no connection');
    connection = found;
  });
  afterAll(() => it?.close());

  interface Request extends DecidedCall {
    readonly requestPort: RequestPort;
  }
  const requestOf = async (
    query = READ,
    variables: object = {},
    through = ports,
    task: Readonly<Record<string, string>> = { task: 'ports' },
  ): Promise<Request> => {
    const token = tokenOf(await it.ask(task));
    const port = through.open('railway');
    const url = `${ISSUER}/gateway/railway/graphql/v2`;
    const requestPort = await port.authenticate({ token, scheme: 'bearer', proofs: [], method: 'POST', url });
    connection = (await port.find()) ?? connection;
    const { caller } = requestPort;
    const headers = new HeaderTable(['content-type', 'application/json']);
    const body = new TextEncoder().encode(JSON.stringify({ query, variables }));
    const judging: JudgeInput = {
      connection,
      head: { method: 'POST', target: '/graphql/v2', httpVersion: '1.1', headers },
      body: async () => body,
      chain: caller.chain,
      guardrails: caller.guardrails,
      payer: 'helper',
      arrived: it.services.now(),
    };
    const context = { clients: it.services.live.budgets, limits: DEFAULT_LIMITS, now: it.services.now };
    const progress: Progress = { operations: [], read: false };
    // What nothing covers is refused before it is resolved: here it goes on, to be recorded like any other decision.
    await judge(context, judging, progress).catch(() => undefined);
    const { resolved, decision } = await settle(context, judging, progress);
    const canonical = canonicalise(canonicalHead(judging.head, connection.provider), body);
    const public_base = `${ISSUER}/gateway/railway`;
    return { request_id: ports.requestId(), canonical, public_base, requestPort, resolved, decision };
  };
  const authorize = async ({ requestPort, ...call }: Request) => {
    const authorized = await requestPort.authorize(call);
    if (authorized instanceof Waiting) throw new Error('a human was asked');
    return authorized;
  };
  /** What another broker does: this one has not heard of it yet. */
  const elsewhere = async (keys: readonly EpochKey[], work: (tx: Tx) => Promise<unknown>) => {
    const { store, organization_id, now } = it.services;
    await store.transaction(async (tx) => {
      await work(tx);
      await bumpEpochs(tx, { organization_id, now: now(), keys });
    });
  };
  const entriesOf = async (request_id: string) =>
    (await it.audit()).filter((entry) => entry['request_id'] === request_id);

  test('an allowed request is in the log, with everything that decided, before it is authorized', async () => {
    const request = await requestOf();
    const authorized = await authorize(request);
    expect(authorized?.value).toMatchObject({
      kind: 'request',
      environments: ['staging'],
      connection_id: connection.id,
    });
    const [entry] = await entriesOf(request.request_id);
    expect(entry).toMatchObject({
      kind: 'request.allowed',
      client_id: 'helper',
      connection: 'railway',
      operations: ['environment'],
      data: {
        decision: { result: 'allow' },
        operations: [{ name: 'environment', effect: 'read', environments: ['staging'] }],
      },
    });
    expect(entry?.['seq']).toBe(authorized?.value.audit_seq);
    expect(Reflect.get(Object(entry?.['data']), 'digest')).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a freeze that was acknowledged elsewhere wins over a request that was decided before it', async () => {
    const request = await requestOf();
    const { organization_id, now } = it.services;
    const id = makeId('freeze', { now: now(), randomBytes: it.services.randomBytes });
    const freeze = { organization_id, id, scope: 'client' as const, subject: 'helper', reason: 'an incident' };
    const client: EpochKey = { scope: 'client', subject: 'helper' };
    await elsewhere([client], (tx) => insertFreeze(tx, { ...freeze, created_by: 'usr_test' }));
    await expect(authorize(request)).rejects.toMatchObject({ code: 'frozen' });
    expect(await entriesOf(request.request_id)).toMatchObject([{ kind: 'request.refused', result: 'stale' }]);
    await elsewhere([client], (tx) => tx.delete(freezes));
    it.services.live.forget([client]);
  });

  test('a revocation that was acknowledged elsewhere wins too', async () => {
    const request = await requestOf();
    const { organization_id, now } = it.services;
    const { jti } = request.requestPort.caller;
    await elsewhere([{ scope: 'token', subject: jti }], (tx) =>
      revokeTokens(tx, { organization_id, now: now(), selection: { jti } }),
    );
    await expect(authorize(request)).rejects.toMatchObject({ code: 'invalid_token' });
  });

  test('a token that expired while the call was judged is refused', async () => {
    let ahead = 0;
    const later = createGatewayPorts({ ...it.services, now: () => it.services.now() + ahead });
    const request = await requestOf(READ, {}, later);
    ahead = 2 * 3_600_000;
    await expect(authorize(request)).rejects.toMatchObject({ code: 'invalid_token' });
    expect(await entriesOf(request.request_id)).not.toMatchObject([{ kind: 'request.allowed' }]);
    ahead = 0;
    expect(await authorize(request)).toBeDefined();
  });

  test('a change that decides nothing about the request lets it go on; one that does is not guessed at', async () => {
    const scope = { connection: 'railway', environments: ['staging'], operations: ['*:read'] };
    const harmless = await requestOf();
    const { id } = await createGrant(it.owner(), { client_id: 'helper', ...scope });
    expect(await authorize(harmless)).toBeDefined();
    await deleteGrant(it.owner(), { id });
    const raised = await createGrant(it.owner(), { client_id: 'helper', ...scope, operations: ['variableUpsert'] });
    const needed = await requestOf(
      'mutation { variableUpsert(input: { projectId: "p_rentals", environmentId: "e_staging", name: "A", value: "b" }) }',
    );
    expect(needed.decision.result).toBe('allow');
    await deleteGrant(it.owner(), { id: raised.id });
    await expect(authorize(needed)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('the value of a secret argument is not in the log, its keyed digest and length are', async () => {
    const scope = { connection: 'railway', environments: ['staging'], operations: ['variableUpsert'] };
    await createGrant(it.owner(), { client_id: 'helper', ...scope });
    const query = 'mutation Set($input: VariableUpsertInput!) { variableUpsert(input: $input) }';
    const value = `planted-${it.services.now()}-secret`;
    const input = { projectId: 'p_rentals', environmentId: 'e_staging', name: 'API_KEY', value };
    const request = await requestOf(query, { input });
    expect(request.decision.result).toBe('allow');
    await authorize(request);
    const text = JSON.stringify(await entriesOf(request.request_id));
    expect(text).not.toContain(value);
    expect(JSON.parse(text)[0].data.operations[0].arguments.input.value).toMatchObject({ length: value.length });
    expect(JSON.stringify(it.logged)).not.toContain(value);
  });

  test('a refusal is recorded, and gives nothing to send', async () => {
    const request = await requestOf('mutation { volumeDelete(volumeId: "v_prod") }');
    expect(await authorize(request)).toBeUndefined();
    expect(await entriesOf(request.request_id)).toMatchObject([
      {
        kind: 'request.refused',
        result: 'operation_not_granted',
        data: { operations: [{ targets: ['volume:v_prod'], environments: ['production'] }] },
      },
    ]);
  });

  test('the eleventh deletion of a task within a minute is not let through: the task is frozen, and that is said', async () => {
    const scope = { connection: 'railway', environments: ['staging'] };
    const operations = ['customDomainDelete'];
    await createGrant(it.owner(), { client_id: 'helper', ...scope, operations });
    const [environments = ''] = scope.environments;
    const allow = { connection: 'railway', environments, operations: 'customDomainDelete', outcome: 'allow' } as const;
    await putGuardrails(it.owner(), { items: [allow] });
    const first = await requestOf(DELETE);
    expect(first.decision.result).toBe('allow');
    const again = { task_id: first.requestPort.caller.task_id };
    const others = await Promise.all(Array.from({ length: 10 }, () => requestOf(DELETE, {}, ports, again)));
    const results = await Promise.allSettled([first, ...others].map((each) => authorize(each)));
    const refused = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    const detail = /^This task was frozen: Writ stopped it by itself: more than 10 destroying operations of it/;
    expect(refused).toMatchObject([{ code: 'frozen', message: expect.stringMatching(detail) }]);
    const events = (await it.audit()).filter(({ task_id }) => task_id === again.task_id).map(({ kind }) => kind);
    expect(events.filter((one) => one === 'request.allowed')).toHaveLength(10);
    expect(events.filter((one) => one === 'task.frozen')).toHaveLength(1);
    await expect(requestOf(READ, {}, ports, again)).rejects.toThrow();
    // In another task, the same deletion of the same thing by the same client counts on.
    await expect(authorize(await requestOf(DELETE))).rejects.toMatchObject({ code: 'frozen' });
    expect(await authorize(await requestOf(READ))).toBeDefined();
  });

  test('a credential bound to the reached environments is used, never a broader one', async () => {
    const value = 'fake-token-for-staging-alone';
    await putCredential(it.owner(), { connection: 'railway', kind: 'project_token', value, environments: ['staging'] });
    const request = await requestOf();
    expect(await authorize(request)).toBeDefined();
    const credential = await request.requestPort.credential();
    const [signed, ...others] = await credential.sign({
      method: 'GET',
      path: '/',
      query: '',
      headers: {},
      body: NO_BODY,
    });
    expect([signed?.header, signed?.value.expose(), others]).toEqual(['project-access-token', value, []]);
    expect(credential.secret.expose()).toBe(value);
    expect((await request.requestPort.credential()).secret).toBe(credential.secret);
    expect(String(credential.secret)).not.toContain(value);
  });

  test('an answer under way is cut when its token is revoked, not when something else is', async () => {
    const { requestPort } = await requestOf();
    const cuts: string[] = [];
    const stop = requestPort.onStopped((why) => cuts.push(why));
    const scope = { connection: 'railway', environments: ['staging'], operations: ['*:read'] };
    await createGrant(it.owner(), { client_id: 'robot', ...scope });
    await createGrant(it.owner(), { client_id: 'helper', ...scope });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(cuts).toEqual([]);
    const { organization_id, now } = it.services;
    const { jti } = requestPort.caller;
    await elsewhere([{ scope: 'token', subject: jti }], (tx) =>
      revokeTokens(tx, { organization_id, now: now(), selection: { jti } }),
    );
    await expect.poll(() => cuts, { timeout: 30_000 }).toContain('revoked');
    stop();
  });
});
