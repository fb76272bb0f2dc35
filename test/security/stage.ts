/** Everybody who could call a route, rightly or wrongly, on a real broker: what the suite over all routes is played on. */
import { createClient, type Role } from '@writ/api';
import postgres, { type Sql } from 'postgres';
import { type Broker, startBroker } from '../support/broker.ts';
import { type Access, type OwnerAccess, signIn } from '../support/owner.ts';

/** The stage. */
export interface Stage {
  readonly broker: Broker;
  readonly owner: OwnerAccess;
  /** Signed in as a browser is, by role. */
  readonly byRole: Readonly<Record<Role, Access>>;
  /** A stored session of the owner: for `Authorization: Bearer`. */
  readonly storedSession: string;
  /** Sessions of the owner that are no longer good: cookies, by why. */
  readonly deadSessions: Readonly<Record<'expired' | 'idle' | 'revoked', string>>;
  /** A session of the owner whose sign-in was 16 minutes ago. */
  readonly oldSession: string;
  /** Access tokens: an agent's for the gateway, an automation client's for the admin API. */
  readonly gatewayToken: string;
  readonly automationToken: string;
  /** A digest of all rows that a refusal must leave as they are. */
  fingerprint(): Promise<string>;
  /** Kinds of the audit events so far. */
  auditKinds(): Promise<string[]>;
  forgetAttempts(): Promise<void>;
  close(): Promise<void>;
}

/** Sets the stage. */
export async function setStage(): Promise<Stage> {
  const broker = await startBroker({ database: 'postgres' });
  const sql = postgres(broker.env['DATABASE_URL'] ?? '', { max: 1, onnotice: () => undefined });
  const owner = await broker.owner();
  const byRole = {
    owner,
    admin: await owner.invite('admin'),
    approver: await owner.invite('approver'),
    auditor: await owner.invite('auditor'),
  };
  const { url } = broker;
  const tokens = await makeTokens(url, owner);
  const stored = await createClient({ baseUrl: url, fetch }).call('session.create', {
    ...credentials(owner),
    client: 'cli',
  });
  return {
    broker,
    owner,
    byRole,
    storedSession: stored.session_token ?? '',
    deadSessions: {
      expired: await aged(url, { sql, owner, set: "expires_at = now() - interval '1 second'" }),
      idle: await aged(url, { sql, owner, set: "last_seen_at = now() - interval '31 minutes'" }),
      revoked: await aged(url, { sql, owner, set: 'revoked_at = now()' }),
    },
    oldSession: await aged(url, { sql, owner, set: "authenticated_at = now() - interval '16 minutes'" }),
    ...tokens,
    fingerprint: () => fingerprint(sql),
    auditKinds: async () => (await sql`select kind from audit_events order by seq`).map(({ kind }) => String(kind)),
    forgetAttempts: async () => void (await sql`delete from sign_in_failures`),
    close: async () => {
      await sql.end();
      await broker.remove();
    },
  };
}

function credentials({ email, password }: Access) {
  return { email, password };
}

interface SessionChange {
  readonly sql: Sql;
  readonly owner: Access;
  readonly set: string;
}

/** A fresh session of the owner, changed behind the broker's back. */
async function aged(url: string, { sql, owner, set }: SessionChange): Promise<string> {
  const { client, cookie } = await signIn(url, owner);
  const { session } = await client.call('me.get');
  await sql.unsafe(`update sessions set ${set} where id = $1`, [session.id]);
  return cookie;
}

/** One connection, one agent with a grant, one automation client, and a token for each. */
async function makeTokens(url: string, { client, assertion }: Access) {
  const credential = { kind: 'account_token', value: 'fake-root-token-0000000000' };
  await client.call('connections.create', { slug: 'railway', provider: 'railway', credential }, { assertion });
  const auth = { method: 'client_secret_basic' } as const;
  const agent = await client.call('clients.create', { client_id: 'agent', kind: 'agent', name: 'Agent', auth });
  const script = await client.call('clients.create', { client_id: 'script', kind: 'automation', name: 'Script', auth });
  const scope = { connection: 'railway', environments: ['shared'], operations: ['*:read'] };
  await client.call('grants.create', { client_id: 'agent', ...scope });
  return {
    gatewayToken: await tokenFor(url, { ...agent, resource: `${url}/gateway` }),
    automationToken: await tokenFor(url, { ...script, resource: `${url}/api/v1` }),
  };
}

interface TokenRequest {
  readonly client_id: string;
  readonly client_secret?: string | undefined;
  readonly resource: string;
}

async function tokenFor(url: string, { client_id, client_secret = '', resource }: TokenRequest): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', resource });
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', headers: { authorization }, body });
  const answer = (await response.json()) as { access_token?: string };
  if (answer.access_token === undefined) throw new Error(`no token for ${client_id}: ${JSON.stringify(answer)}`);
  return answer.access_token;
}

/** Tables whose rows no refused request changes. Of sessions, when they were last used may change. */
const TABLES = [
  'users',
  'one_time_links',
  'connections',
  'credentials',
  'environments',
  'environment_members',
  'effect_overrides',
  'live_schemas',
  'admissions',
  'clients',
  'grants',
  'tasks',
  'tokens',
  'guardrails',
  'freezes',
  'signing_keys',
  'epochs',
];

async function fingerprint(sql: Sql): Promise<string> {
  const parts: string[] = [];
  for (const table of TABLES) {
    const [row] =
      await sql`select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as digest from ${sql(table)} t`;
    parts.push(`${table} ${row?.['digest']}`);
  }
  const [sessions] =
    await sql`select md5(string_agg(id || coalesce(revoked_at::text, ''), '|' order by id)) as digest from sessions`;
  return [...parts, `sessions ${sessions?.['digest']}`].join('\n');
}
