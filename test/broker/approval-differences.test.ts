/** A is approved and B is sent: not one part of a request may differ, and the one that does is told (invariant 11). */
import { randomUUID } from 'node:crypto';
import type { PartName } from '@writ/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { getApproval } from '../../packages/broker/src/approvals/list.ts';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { putCredential } from '../../packages/broker/src/connections/credential.ts';
import { patchConnection } from '../../packages/broker/src/connections/patch.ts';
import { patchEnvironment } from '../../packages/broker/src/environments/patch.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { listGrants } from '../../packages/broker/src/grants/list.ts';
import { patchGrant } from '../../packages/broker/src/grants/patch.ts';
import { putGuardrails } from '../../packages/broker/src/guardrails/put.ts';
import { partWords } from '../../packages/core/src/request/parts.ts';
import { type ApprovalScene, openApprovalScene } from '../support/approval-scene.ts';
import { add, remove, type World } from '../support/railway-upstream/world.ts';
import { OPENING } from '../support/store.ts';
import { basic, taskOf, tokenOf } from '../support/token-scene.ts';

/** One request. */
interface Sent {
  readonly query: string;
  readonly variables?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is sent in place of A, or what has become another since A was approved. */
interface Difference {
  readonly a: Sent;
  readonly b?: Sent;
  readonly change?: () => Promise<unknown>;
}

/** Without a hold: what is approved is sent at once. */
const RULES = [
  { environments: 'production', operations: 'volumeDelete', outcome: 'approve' },
  { environments: 'staging', operations: 'volumeDelete', outcome: 'approve' },
  { environments: 'staging', operations: 'volumeInstanceUpdate:destroy', outcome: 'approve' },
] as const;
const ALSO = { environments: 'production', operations: 'variables:reveal', outcome: 'approve' } as const;
const LONG_AGO = '2026-01-01T00:00:00.000Z';

let scene: ApprovalScene;
let it: ApprovalScene['it'];
let token: string;
let task_id: string;
let mark: string;
let secret: string;

beforeAll(async () => {
  scene = await openApprovalScene('postgres');
  ({ it } = scene);
  const staging = { environments: ['staging'], operations: ['volumeInstanceUpdate:destroy'] };
  await createGrant(it.owner(), { client_id: 'helper', connection: 'railway', ...staging });
  const auth = { method: 'client_secret_basic' as const };
  const made = await createClient(it.owner(), { client_id: 'other', kind: 'agent', name: 'Other', auth });
  secret = made.client_secret ?? '';
  const same = { environments: ['production'], operations: ['variables:reveal'] };
  await createGrant(it.owner(), { client_id: 'other', connection: 'railway', ...same });
}, OPENING);
afterAll(() => scene?.close());
beforeEach(async () => {
  mark = `M${randomUUID().replaceAll('-', '')}`;
  await it.railway.reset();
  await putGuardrails(it.owner(), { items: [...RULES] });
  // What was known of the provider's world before is too old then.
  it.wait(60_000);
  const issued = await it.ask({ task: 'approvals' });
  [token, task_id] = [tokenOf(issued), taskOf(issued)];
});
afterEach(() => scene.sql(`update approvals set state = 'cancelled' where state in ('pending', 'approved')`));

const send = ({ query, variables, headers }: Sent, more: Readonly<Record<string, string>> = {}) =>
  scene.door.send(token, query, { ...headers, ...more }, variables).answer;
const approved = async (sent: Sent): Promise<string> => {
  const { id } = await scene.approvalOf(await send(sent));
  await scene.decide(id, true);
  return id;
};
const world = async (change: (world: World) => void): Promise<void> => {
  const state = await it.railway.state();
  change(state);
  await it.railway.setState(state);
};

const read = (service = 's_api', field = 'variables'): Sent => ({
  query: `query ${mark} { ${field}(projectId: "p_rentals", environmentId: "e_production", serviceId: "${service}") }`,
});
const readOf = (serviceId: string): Sent => ({
  query: `query ${mark}($s: String!) { variables(projectId: "p_rentals", environmentId: "e_production", serviceId: $s) }`,
  variables: { s: serviceId },
});
const destroy = (id: string): Sent => ({ query: `mutation ${mark} { volumeDelete(volumeId: "${id}") }` });
const destroyInStaging = (): Sent => ({
  query: `mutation ${mark} { volumeInstanceUpdate(volumeId: "v_both", environmentId: "e_staging", input: { state: DELETED }) }`,
});
/** The grant as it is made anew by a person who changes nothing else but what nobody uses. */
const changeGrant = async (): Promise<void> => {
  const { items } = await listGrants(it.owner(), { client_id: 'helper', limit: 100 });
  const { id = '', operations = [] } = items.find((grant) => grant.operations.includes('*:reveal')) ?? {};
  await patchGrant(it.owner(), { id, operations: operations.filter((each) => each !== '*:read') });
};

test.each<[what: string, change: () => Promise<unknown>]>([
  [
    'another token of the same task',
    async () => {
      token = tokenOf(await it.ask({ task_id }));
    },
  ],
  [
    'one more backup outside',
    () =>
      world((state) =>
        add(state, 'backups', {
          ...{ id: 'bk_new', volumeInstanceId: 'vi_both_prod', name: 'new', externalId: 'x', usedMB: 1 },
          createdAt: new Date().toISOString(),
        }),
      ),
  ],
])('%s is none', async (_what, change) => {
  await approved(destroyInStaging());
  await change();
  expect((await send(destroyInStaging())).code).toBe('forwarded');
});

test('another client has no use of it, though it may do the same', async () => {
  const id = await approved(read());
  token = tokenOf(await it.ask({ task: 'approvals' }, basic('other', secret)));
  expect(await send(read(), { 'writ-approval': id })).toMatchObject({
    code: 'approval_mismatch',
    problem: { detail: expect.stringContaining(`this client has no approval ${id}`) },
  });
  expect((await send(read())).code).toBe('approval_required');
  expect(await scene.arrived(mark)).toBe(0);
});

test("a broker's clock that jumps neither ends a yes nor makes an old one good", async () => {
  token = tokenOf(await it.ask({ task: 'clocks', expires_in: '3600' }));
  await approved(read());
  it.wait(20 * 60_000);
  expect((await send(read())).code).toBe('forwarded');
  const late = await approved(read());
  await scene.sql(`update approvals set usable_until = now() where id = '${late}'`);
  it.wait(-20 * 60_000);
  expect((await send(read(), { 'writ-approval': late })).code).toBe('approval_expired');
  expect(await scene.arrived(mark)).toBe(1);
});

/** What a provider gets with every request, whatever the client sent. */
const OWN_HEADERS = ['accept-encoding', 'authorization', 'connection', 'content-length', 'host', 'user-agent'];

test.each<[what: string, sent: () => Sent, environments: readonly string[]]>([
  ['a document', () => read(), ['e_production']],
  [
    'variables, and signs of other scripts',
    () => ({ ...readOf('s_api'), headers: { accept: '*/*' } }),
    ['e_production'],
  ],
  [
    'a document written otherwise than it is sent',
    () => ({ query: `# ü \u202e\n${read().query.replace(') }', ') @skip(if: false),,\n }')}` }),
    ['e_production'],
  ],
  [
    'several operations in one',
    () => ({ query: `mutation ${mark} { a: volumeDelete(volumeId: "v_prod") b: volumeDelete(volumeId: "v_stag") }` }),
    ['e_production', 'e_staging'],
  ],
  ['what reaches several environments', () => destroy('v_both'), ['e_production', 'e_staging']],
])('%s: every byte and every environment is shown', async (_what, sent, environments) => {
  const { id } = await scene.approvalOf(await send(sent()));
  const { shown } = await getApproval(it.owner(), { id });
  await scene.decide(id, true);
  expect((await send(sent())).code).toBe('forwarded');
  const [arrived, ...more] = (await it.railway.recorded()).requests.filter(({ body }) => body.includes(mark));
  expect(more).toEqual([]);
  const { request } = shown ?? {};
  expect(request).toMatchObject({ method: arrived?.method, body: arrived?.body, origin: it.railway.url });
  expect(`${request?.path}${request?.query === '' ? '' : `?${request?.query}`}`).toBe(arrived?.path);
  const headers = Object.entries(arrived?.headers ?? {}).filter(([name]) => !OWN_HEADERS.includes(name));
  expect(request?.headers).toMatchObject(Object.fromEntries(headers));
  const places = shown?.blast_radius?.environments.flatMap(({ provider }) => provider.map((each) => each.id));
  expect(places?.toSorted()).toEqual(environments);
});

test.each<[what: string, parts: readonly PartName[], difference: () => Difference]>([
  ['a byte of the body', ['body'], () => ({ a: read(), b: read('s_api', 'x: variables') })],
  ['a variable', ['body', 'targets'], () => ({ a: readOf('s_api'), b: readOf('s_db') })],
  ['a header that matters', ['headers'], () => ({ a: read(), b: { ...read(), headers: { accept: '*/*' } } })],
  [
    'another volume',
    ['body', 'targets', 'environments', 'guardrails', 'environment_rules', 'blast_radius'],
    () => ({ a: destroy('v_prod'), b: destroy('v_stag') }),
  ],
  [
    'a volume that meanwhile lies in production too',
    ['environments', 'guardrails', 'environment_rules', 'blast_radius'],
    () => ({
      a: destroy('v_stag'),
      change: () =>
        world((state) =>
          add(state, 'volumeInstances', {
            ...{ id: 'vi_new', volumeId: 'v_stag', environmentId: 'e_production', serviceId: 's_db', mountPath: '/x' },
            ...{ sizeMB: 1, currentSizeMB: 1, state: 'READY', isPendingDeletion: false, createdAt: LONG_AGO },
          }),
        ),
    }),
  ],
  [
    'a backup outside that is no more',
    ['blast_radius'],
    () => ({
      a: destroyInStaging(),
      change: () => world((state) => remove(state, 'backups', { id: 'bk_both_prod' })),
    }),
  ],
  [
    'one more environment of the provider in an environment',
    ['environment_rules'],
    () => ({
      a: read(),
      change: async () => {
        const selector = { environment_ids: ['e_production', 'e_more'] };
        await world((state) => {
          const row = { id: 'e_more', name: 'more', projectId: 'p_rentals', isEphemeral: false, createdAt: LONG_AGO };
          add(state, 'environments', row);
        });
        await patchEnvironment(it.owner(), { connection: 'railway', environment: 'production', selector });
      },
    }),
  ],
  [
    'another task',
    ['task'],
    () => ({
      a: read(),
      change: async () => {
        token = tokenOf(await it.ask({ task: 'other' }));
      },
    }),
  ],
  ['a grant that was changed', ['grants'], () => ({ a: read(), change: changeGrant })],
  [
    'another guardrail',
    ['guardrails'],
    () => ({ a: read(), change: () => putGuardrails(it.owner(), { items: [...RULES, ALSO] }) }),
  ],
  [
    'another root credential',
    ['credential'],
    () => ({
      a: read(),
      change: () => {
        const value = it.railway.tokens.workspace;
        return putCredential(it.owner(), { connection: 'railway', kind: 'workspace_token', value });
      },
    }),
  ],
  [
    'another origin',
    ['origin', 'credential'],
    () => ({
      a: read(),
      change: async () => {
        const base_url = it.railway.url.replace('127.0.0.1', 'localhost');
        await patchConnection(it.owner(), { connection: 'railway', base_url });
        const value = it.railway.tokens.account;
        await putCredential(it.owner(), { connection: 'railway', kind: 'account_token', value });
      },
    }),
  ],
])('%s is a difference: it is told, and nothing is sent', async (_what, parts, difference) => {
  const { a, b = a, change } = difference();
  const id = await approved(a);
  await change?.();
  const named = await send(b, { 'writ-approval': id });
  expect(named).toMatchObject({ code: 'approval_mismatch', problem: { approval_id: id, changed: parts } });
  const told = String(named.problem?.['detail']);
  expect(told).toMatch(
    new RegExp(`^Nothing was sent\\..* it is not the request of the approval ${id}: what differs is `),
  );
  for (const part of parts) expect(told).toContain(partWords(part));
  expect((await send(b)).code).toMatch(/^approval_(required|mismatch)$/);
  expect(await scene.arrived(mark)).toBe(0);
  if (change !== undefined) return;
  expect((await send(a, { 'writ-approval': id })).code).toBe('forwarded');
  expect(await scene.arrived(mark)).toBe(1);
});
