/** Everybody who could call a route, rightly or wrongly, on a real broker: what the suite over all routes is played on. */
import { createClient, type Role } from '@writ/api';
import postgres, { type Sql } from 'postgres';
import type { Broker } from '../support/broker.ts';
import { type Access, type OwnerAccess, signIn } from '../support/owner.ts';
import { type Agent, openScene } from '../support/scene.ts';

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
  const grants = [{ environments: ['shared'], operations: ['*:read'] }];
  const scene = await openScene({ agent: 'agent', grants, environments: {} });
  const { broker, owner } = scene;
  const sql = postgres(broker.env['DATABASE_URL'] ?? '', { max: 1, onnotice: () => undefined });
  const byRole = {
    owner,
    admin: await owner.invite('admin'),
    approver: await owner.invite('approver'),
    auditor: await owner.invite('auditor'),
  };
  const { url } = broker;
  const script = await scene.client([], { client_id: 'script', kind: 'automation' });
  const tokenFor = async (who: Agent, path: string) =>
    (await scene.token(who, { resource: `${url}${path}` })).access_token;
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
    gatewayToken: await tokenFor(scene.agent, '/gateway'),
    automationToken: await tokenFor(script, '/api/v1'),
    fingerprint: () => fingerprint(sql),
    auditKinds: async () => (await sql`select kind from audit_events order by seq`).map(({ kind }) => String(kind)),
    forgetAttempts: async () => void (await sql`delete from sign_in_failures`),
    close: async () => {
      await sql.end();
      await scene.close();
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

/** Tables whose rows no refused request changes. Of sessions, when they were last used may change. */
const TABLES = [
  'users',
  'one_time_links',
  'passkeys',
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
