/** Requests that wait for a human's yes, and people who answer them, in the test's own process. */
import type { OutputOf } from '@writ/api';
import type { Ctx, UserActor } from '@writ/broker';
import { digestOf, type JsonObject, makeId, WritError } from '@writ/core';
import { insertUser, type Store } from '@writ/store';
import { approveApproval } from '../../packages/broker/src/approvals/approve.ts';
import type { InProcess } from './in-process.ts';
import { id } from './rows.ts';

type Shown = NonNullable<OutputOf<'approvals.get'>['shown']>;
export type Role = UserActor['role'];

/** A user who can sign in, as one who has just given the password in this very request. */
export async function person(it: InProcess, role: Role, name: string = role): Promise<Ctx<UserActor>> {
  const { organization_id, store } = it.services;
  const user_id = id('usr');
  const email = `${user_id}@example.com`;
  const row = { organization_id, id: user_id, email, name, role, password_hash: 'fake-hash', created_at: Date.now() };
  await store.transaction((tx) => insertUser(tx, row));
  const session = { session_id: 'ses_test', session_client: 'browser', authenticated_at: Date.now() } as const;
  return { ...it.as({ kind: 'user', user_id, role, email, name, ...session }), asserted: 'password' };
}

/** A user of each role. */
export type People = Readonly<Record<Role, Ctx<UserActor>>>;

/** Adds a user of each role; those before can sign in no more, so that nobody else may say yes. */
export async function newPeople(it: InProcess): Promise<People> {
  await runSql(it.services.store, 'update users set password_hash = null');
  const owner = await person(it, 'owner', 'Olga');
  const admin = await person(it, 'admin', 'Ada');
  const approver = await person(it, 'approver', 'Pia');
  return { owner, admin, approver, auditor: await person(it, 'auditor', 'Aud') };
}

/** What is typed to approve what `SHOWN` shows. */
export const CONFIRM = 'production/rentals-data';

/** Says yes to it, as a verb does. */
export const sayYes = (ctx: Ctx<UserActor>, id: string, more: object = {}): Promise<OutputOf<'approvals.approve'>> =>
  approveApproval(ctx, { id, confirm: CONFIRM, ...more });

/** What is in the log of an approval. */
export async function eventsOf(it: InProcess, id: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await it.audit()).filter((entry) => Reflect.get(Object(entry['data']), 'approval_id') === id);
}

/** The error of work that was refused. */
export async function refusal(work: Promise<unknown>): Promise<WritError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WritError)) throw new Error(`no refusal: ${error}`);
  return error;
}

/** What an approver is shown of `volumeDelete` in production. */
export const SHOWN: Shown = {
  request: {
    method: 'POST',
    path: '/graphql/v2',
    query: '',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"mutation{volumeDelete(volumeId:\\"vol_1\\")}"}',
    body_bytes: 53,
    body_sha256: 'ab'.repeat(32),
    origin: 'https://backboard.railway.com',
  },
  operations: [
    {
      name: 'volumeDelete',
      effect: 'destroy',
      base_effect: 'destroy',
      arguments: { volumeId: 'vol_1' },
      targets: [{ kind: 'volume', id: 'vol_1', name: 'rentals-data' }],
      environments: [{ slug: 'production', kind: 'protected' }],
    },
  ],
  reasons: [],
  rules: [{ environments: 'protected', operations: '*:destroy', outcome: 'approve' }],
  blast_radius: {
    ...{ targets: [], environments: [], dies: [], backups_lost: [], backups_left: [], unknown: [] },
    ...{ confirm: [], stored_state: [], undescribable: [] },
  },
  confirm: ['production/rentals-data'],
  stored_state: [],
  asked_by: { client_id: 'helper', name: 'Helper', kind: 'agent', owner: 'Ada' },
  act_chain: [],
  task: { id: 'tsk_1', purpose: 'clean up staging' },
  last_calls: [],
  recent_renames: [],
  recent_renames_more: 0,
  previous: null,
};

/** The same for a call that destroys nothing: a redeployment. */
export const MILD: Shown = {
  ...SHOWN,
  operations: SHOWN.operations.map((one) => ({
    ...one,
    name: 'serviceInstanceRedeploy',
    effect: 'execute',
    base_effect: 'execute',
  })),
  rules: [{ environments: 'protected', operations: '*:execute', outcome: 'approve' }],
  blast_radius: null,
  confirm: [],
};

/** What a test says of an approval: other columns than usual, as SQL takes them. */
export interface WaitingOptions {
  readonly shown?: Shown;
  readonly requesters?: readonly string[];
  readonly columns?: Readonly<Record<string, string | number | boolean | null | string[]>>;
}

/** Adds a request that waits for a yes; its id. */
export async function waiting(
  { services: { store, organization_id } }: InProcess,
  { shown = SHOWN, requesters = [], columns = {} }: WaitingOptions = {},
): Promise<string> {
  const made = makeId('approval', {
    now: Date.now(),
    randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
  });
  const task_id = String(columns['task_id'] ?? 'tsk_1');
  await addTask(store, { organization_id, task_id });
  const row: JsonObject = {
    ...{ organization_id, id: made, kind: 'request', client_id: 'helper', act_chain: [], task_id, jti: 'jti_1' },
    ...{ connection_id: null, request_id: 'req_1', digest: digestOf(made), parts: { method: 'x' }, subject: 'x' },
    ...{ operations: shown.operations.map(({ name }) => name), shown: JSON.parse(JSON.stringify(shown)) },
    ...{
      grant_ids: [],
      requesters: [...requesters],
      protected: true,
      sole_approver: false,
      quorum: 1,
      hold_minutes: 60,
    },
    ...{ state: 'pending', created_at: '2026-11-28T08:00:00Z', expires_at: '2099-01-01T00:00:00Z', ...columns },
  };
  await runSql(store, `insert into approvals select * from jsonb_populate_record(null::approvals, ${text(row)})`);
  return made;
}

async function addTask(store: Store, { organization_id, task_id }: { organization_id: string; task_id: string }) {
  const at = '2026-11-28T08:00:00Z';
  const user = {
    organization_id,
    id: 'usr_maker',
    email: 'maker@example.com',
    name: 'Maker',
    role: 'auditor',
    created_at: at,
  };
  const client = {
    organization_id,
    client_id: 'helper',
    kind: 'agent',
    name: 'Helper',
    owner_id: 'usr_maker',
    created_by: 'usr_maker',
    auth: {},
    settings: {},
    created_at: at,
  };
  const task = {
    organization_id,
    id: task_id,
    client_id: 'helper',
    purpose: 'clean up staging',
    created_at: at,
    last_token_at: at,
    ends_at: '2099-01-01T00:00:00Z',
  };
  for (const [table, row] of Object.entries({ users: user, clients: client, tasks: task })) {
    await runSql(
      store,
      `insert into ${table} select * from jsonb_populate_record(null::${table}, ${text(row)}) on conflict do nothing`,
    );
  }
}

const text = (row: JsonObject): string => `'${JSON.stringify(row).replaceAll("'", "''")}'::jsonb`;

/** Adds a connection `con_held` for holds that are made by SQL. */
export async function insertHeldConnection({ services }: InProcess): Promise<void> {
  await runSql(
    services.store,
    `insert into connections (organization_id, id, slug, provider, base_url, origin, settings, config_version, created_by, created_at)
     select organization_id, 'con_held', 'held', 'railway', 'x', 'x', '{}', 1, 'x', now() from organizations`,
  );
}

/** Runs a statement on the test's database. */
export async function runSql({ driver }: Store, statement: string): Promise<void> {
  await driver.script(async (run) => void (await run({ text: statement })));
}

/** Tells whether a transaction waits for a lock of another one: the statement fails while none does. */
export async function isBlocked(store: Store): Promise<boolean> {
  return await runSql(store, 'select 1 / (select count(*) from pg_locks where not granted)').then(
    () => true,
    () => false,
  );
}
