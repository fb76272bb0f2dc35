/**
 * The scene of stories and attacks: a real broker in front of a stand-in Railway, with the incident's world, its owner, and an agent
 * that may read what is shared and staging's, and make custom domains there.
 */
import { randomBytes } from 'node:crypto';
import type { OutputOf, RequestOf } from '@writ/api';
import { expect } from 'vitest';
import type { Broker, BrokerOptions } from './broker.ts';
import { startBroker } from './broker.ts';
import type { OwnerAccess } from './owner.ts';
import { type RailwayUpstream, startRailwayUpstream } from './railway-upstream/start.ts';
import type { RawAnswer } from './wire.ts';

/** A client that can ask for tokens. */
export interface Agent {
  readonly client_id: string;
  readonly secret: string;
}

/** A token and what came with it. */
export interface Issued {
  readonly access_token: string;
  readonly task_id: string;
  readonly expires_in: number;
}

/** What the gateway says in GraphQL's shape when it does not forward. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly request_id: string;
  readonly next: { readonly action: string; readonly url?: string };
}

/** An answer of the broker. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text, read as JSON. Throws for what is none. */
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly { readonly message: string }[];
    readonly [member: string]: unknown;
  };
  /** What the gateway said, where it did not forward. */
  readonly refusal: Refusal | undefined;
}

/** What a client sends that reads refusals at any status: without it an agent would be told of them in a 200. */
export const GRAPHQL_HEADERS = { accept: 'application/graphql-response+json', 'content-type': 'application/json' };

/** The scene. */
export interface Scene {
  readonly broker: Broker;
  readonly railway: RailwayUpstream;
  readonly owner: OwnerAccess;
  readonly agent: Agent;
  /** Adds a client, granted what the incident's agent is or as told; an agent with a secret, unless it is to be another. */
  client(grants?: readonly GrantPart[], other?: ClientPart): Promise<Agent>;
  /** Asks the token endpoint, and returns its answer. */
  tokenAnswer(agent: Agent, fields?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Asks for a token and gets one. */
  token(agent?: Agent, fields?: Readonly<Record<string, string>>): Promise<Issued>;
  /** Sends a GraphQL document through the gateway. */
  graphql(token: string, query: string, variables?: object): Promise<Answer>;
  /** What the owner is told would become of a GraphQL document if the agent sent it. */
  explain(query: string, agent?: Agent): Promise<OutputOf<'explain'>>;
  /** Sends anything to the broker. */
  send(path: string, init?: RequestInit): Promise<Answer>;
  /** The audit events of a request. */
  audit(filter: Readonly<Record<string, string>>): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Every request that arrived at the provider since the last `forget` but Writ's own read-only questions. */
  arrived(): Promise<readonly string[]>;
  /** Forgets what arrived. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/** What of a grant differs from client to client. */
export interface GrantPart {
  readonly environments: string[];
  readonly operations: string[];
}

/** What of a client may be as a test wants it. */
export type ClientPart = Partial<Pick<RequestOf<'clients.create'>, 'client_id' | 'kind' | 'auth' | 'scopes'>>;

/** What a test wants of its scene. */
export interface SceneOptions extends BrokerOptions {
  /** The id of the agent; by default it has a new one each time. */
  readonly agent?: string;
  /** What the agent is granted; by default what it was in the incident. */
  readonly grants?: readonly GrantPart[];
  /** The environments to name, by provider id; or all, as an import names them. By default production and staging. */
  readonly environments?: Readonly<Record<string, string>> | 'imported';
}

/** As a user would make it: the connection verified, all environments imported, on the database that `npm start` brings along. */
export const AS_STARTED = { database: 'embedded', agent: 'agent', environments: 'imported' } as const;

/** The grant of the incident (the agent mends staging's domain). */
export const INCIDENT_GRANTS: readonly GrantPart[] = [
  { environments: ['shared'], operations: ['*:read'] },
  { environments: ['staging'], operations: ['*:read', 'customDomain*'] },
];

/** A query that the incident's grants allow; `mark` finds it again among what arrived. */
export const readStaging = (mark = 'Reading'): string => `query ${mark} { environment(id: "e_staging") { id name } }`;

/** The mutation of the incident. */
export const deleteProduction = (mark = 'Deleting'): string => `mutation ${mark} { volumeDelete(volumeId: "v_prod") }`;

/** Opens a scene. Default database: Postgres, which starts faster. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  return await connectScene(await startBroker({ database: 'postgres', ...options }), options);
}

/** Makes the scene on a broker that nobody has set up yet. */
export async function connectScene(
  broker: Broker,
  options: Omit<SceneOptions, keyof BrokerOptions> = {},
): Promise<Scene> {
  const railway = await startRailwayUpstream();
  const owner = await broker.owner();
  await connectRailway(owner, { railway, environments: options.environments });
  const send = sender(broker.url);
  const client: Scene['client'] = (grants = INCIDENT_GRANTS, other = {}) => addClient(owner, { grants, other });
  const agent = await client(options.grants, options.agent === undefined ? {} : { client_id: options.agent });
  const tokenAnswer: Scene['tokenAnswer'] = (who, fields) => askToken(send, { who, fields });
  return {
    broker,
    railway,
    owner,
    agent,
    client,
    tokenAnswer,
    token: async (who = agent, fields = {}) => {
      let { status, text } = await tokenAnswer(who, fields);
      // A quick machine meets the endpoint's rate; who wants a token then waits, as any client would.
      while (status === 429) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        ({ status, text } = await tokenAnswer(who, fields));
      }
      if (status !== 200) throw new Error(`the token endpoint answered ${status}: ${text}`);
      return JSON.parse(text) as Issued;
    },
    graphql: (token, query, variables) => {
      const headers = { ...GRAPHQL_HEADERS, authorization: `Bearer ${token}` };
      const body = JSON.stringify({ query, ...(variables !== undefined && { variables }) });
      return send('/gateway/railway/graphql/v2', { method: 'POST', headers, body });
    },
    explain: (query, { client_id } = agent) => {
      const body = JSON.stringify({ query });
      const request = { method: 'POST', path: '/graphql/v2', headers: { 'content-type': 'application/json' }, body };
      return owner.client.call('explain', { client_id, connection: 'railway', request });
    },
    send,
    audit: async (filter) => {
      const { items } = await owner.client.call('audit.list', { limit: 1000, ...filter });
      return items.map(({ event }) => event);
    },
    arrived: async () =>
      (await railway.recorded()).requests.map(({ body }) => body).filter((body) => !isOwnQuestion(body)),
    forget: () => railway.reset({ world: true }),
    close: async () => {
      await Promise.all([broker.remove(), railway.stop()]);
    },
  };
}

/** Writ asks queries alone, each by a name of its own. */
function isOwnQuestion(body: string): boolean {
  const { query }: { query: string } = JSON.parse(body);
  return /^query Writ[A-Z]\w*/.test(query.trim()) && !/\bmutation\b/.test(query);
}

interface SceneConnection {
  readonly railway: RailwayUpstream;
  readonly environments: SceneOptions['environments'];
}

const INCIDENT_ENVIRONMENTS = { production: 'e_production', staging: 'e_staging' };

async function connectRailway(
  { client, assertion }: OwnerAccess,
  { railway, environments }: SceneConnection,
): Promise<void> {
  const credential = { kind: 'account_token', value: railway.tokens.account };
  const connection = { slug: 'railway', provider: 'railway', base_url: railway.url, credential };
  await client.call('connections.create', connection, { assertion });
  if (environments !== undefined) await client.call('connections.verify', { connection: 'railway' });
  if (environments === 'imported') {
    await client.call('environments.import', { connection: 'railway' }, { assertion });
    return;
  }
  for (const [slug, id] of Object.entries(environments ?? INCIDENT_ENVIRONMENTS)) {
    const selector = { environment_ids: [id] };
    const environment = { connection: 'railway', slug, selector, protected: slug === 'production' };
    await client.call('environments.create', environment, { assertion });
  }
}

interface SceneClient {
  readonly grants: readonly GrantPart[];
  readonly other: ClientPart;
}

async function addClient({ client }: OwnerAccess, { grants, other }: SceneClient): Promise<Agent> {
  const client_id = `agent-${randomBytes(4).toString('hex')}`;
  const auth = { method: 'client_secret_basic' } as const;
  const made = await client.call('clients.create', { client_id, kind: 'agent', name: 'Test Client', auth, ...other });
  for (const grant of grants)
    await client.call('grants.create', { client_id: made.client_id, connection: 'railway', ...grant });
  return { client_id: made.client_id, secret: made.client_secret ?? '' };
}

/** Sends with fetch and reads the whole answer. */
export function sender(url: string): Scene['send'] {
  return async (path, init) => {
    const response = await fetch(`${url}${path}`, { redirect: 'manual', ...init });
    const { status, headers } = response;
    const text = await response.text();
    return {
      status,
      headers,
      text,
      get body() {
        return JSON.parse(text);
      },
      get refusal() {
        return JSON.parse(text).errors?.[0]?.extensions?.writ;
      },
    };
  };
}

/** The `Authorization` header of a client with a secret (RFC 6749 section 2.3.1). */
export function basic({ client_id, secret }: Agent): string {
  const pair = `${encodeURIComponent(client_id)}:${encodeURIComponent(secret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function askToken(
  send: Scene['send'],
  { who, fields = {} }: { who: Agent; fields?: Readonly<Record<string, string>> | undefined },
): Promise<Answer> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...fields });
  return send('/oauth/token', { method: 'POST', headers: { authorization: basic(who) }, body });
}

/** The code the gateway or the API gave, and the status: what a refusal is compared by. */
export function refusalOf(answer: Answer | RawAnswer): readonly [status: number, code: string | null] {
  return [answer.status, answer.headers.get('writ-code') ?? null];
}

/** The documents that arrived at the provider and hold the mark. */
export async function arrived(scene: Pick<Scene, 'railway'>, mark: string): Promise<readonly string[]> {
  const { requests, bytes } = await scene.railway.recorded();
  const wire = Buffer.from(bytes, 'base64').toString('latin1');
  const found = requests.map(({ body }) => body).filter((body) => body.includes(mark));
  return found.length === 0 && wire.includes(mark) ? ['bytes that are no request'] : found;
}

/** Expects that the broker wrote the refusal of this answer down, with its code. */
export async function expectRecorded(scene: Scene, answer: Answer | RawAnswer): Promise<void> {
  const request_id = answer.headers.get('writ-request') ?? 'none';
  const events = await scene.audit({ request_id });
  const code = answer.headers.get('writ-code');
  expect(events, `the audit of ${request_id}`).toEqual([
    expect.objectContaining({ kind: expect.stringMatching(/^request\.(refused|waiting)$/), result: code, request_id }),
  ]);
}

/** Gives tokens with room in their rate: a task has a burst of 120 requests. */
export function tokens(scene: Scene, agent?: Agent): () => Promise<string> {
  let [current, uses] = ['', 0];
  return async () => {
    if (uses % 100 === 0) current = (await scene.token(agent)).access_token;
    uses += 1;
    return current;
  };
}
