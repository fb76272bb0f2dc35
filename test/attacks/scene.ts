/**
 * What attacks are made on: a real broker in front of a stand-in Railway, with the incident's world, its owner, and an agent that
 * may read what is shared and staging's, and make custom domains there.
 */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Broker, BrokerOptions } from '../support/broker.ts';
import { startBroker } from '../support/broker.ts';
import type { OwnerAccess } from '../support/owner.ts';
import { type RailwayUpstream, startRailwayUpstream } from '../support/railway-upstream/start.ts';
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

/** An answer of the broker. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What a client sends that reads refusals at any status: without it an agent would be told of them in a 200. */
export const GRAPHQL_HEADERS = { accept: 'application/graphql-response+json', 'content-type': 'application/json' };

/** The scene. */
export interface Scene {
  readonly broker: Broker;
  readonly railway: RailwayUpstream;
  readonly owner: OwnerAccess;
  readonly agent: Agent;
  /** Adds a client, granted what the first agent is or as told. */
  client(grants?: readonly GrantPart[]): Promise<Agent>;
  /** Asks the token endpoint, and returns its answer. */
  tokenAnswer(agent: Agent, fields?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Asks for a token and gets one. */
  token(agent?: Agent, fields?: Readonly<Record<string, string>>): Promise<Issued>;
  /** Sends a GraphQL document through the gateway. */
  graphql(token: string, query: string, variables?: object): Promise<Answer>;
  /** Sends anything to the broker. */
  send(path: string, init?: RequestInit): Promise<Answer>;
  /** The audit events of a request. */
  audit(filter: Readonly<Record<string, string>>): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** What of a grant differs from client to client. */
export interface GrantPart {
  readonly environments: string[];
  readonly operations: string[];
}

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
export async function openScene(options: BrokerOptions = {}): Promise<Scene> {
  return await connectScene(await startBroker({ database: 'postgres', ...options }));
}

/** Makes the scene on a broker that nobody has set up yet. */
export async function connectScene(broker: Broker): Promise<Scene> {
  const railway = await startRailwayUpstream();
  const owner = await broker.owner();
  await connectRailway(owner, railway);
  const send = sender(broker.url);
  const client = (grants: readonly GrantPart[] = INCIDENT_GRANTS): Promise<Agent> => addClient(owner, grants);
  const agent = await client();
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
      const body = JSON.stringify({ query, ...(variables === undefined ? {} : { variables }) });
      return send('/gateway/railway/graphql/v2', { method: 'POST', headers, body });
    },
    send,
    audit: async (filter) => {
      const { items } = await owner.client.call('audit.list', { limit: 1000, ...filter });
      return items.map(({ event }) => event);
    },
    close: async () => {
      await broker.remove();
      await railway.stop();
    },
  };
}

async function connectRailway(owner: OwnerAccess, railway: RailwayUpstream): Promise<void> {
  const { client, assertion } = owner;
  const credential = { kind: 'account_token', value: railway.tokens.account };
  const connection = { slug: 'railway', provider: 'railway', base_url: railway.url, credential };
  await client.call('connections.create', connection, { assertion });
  for (const [slug, id, isProtected] of [
    ['production', 'e_production', true],
    ['staging', 'e_staging', false],
  ] as const) {
    const selector = { environment_ids: [id] };
    const environment = { connection: 'railway', slug, selector, protected: isProtected };
    await client.call('environments.create', environment, { assertion });
  }
}

async function addClient({ client }: OwnerAccess, grants: readonly GrantPart[]): Promise<Agent> {
  const client_id = `agent-${randomBytes(4).toString('hex')}`;
  const auth = { method: 'client_secret_basic' } as const;
  const made = await client.call('clients.create', { client_id, kind: 'agent', name: 'Test Agent', auth });
  for (const grant of grants) await client.call('grants.create', { client_id, connection: 'railway', ...grant });
  return { client_id, secret: made.client_secret ?? '' };
}

/** Sends with fetch and reads the whole answer. */
export function sender(url: string): Scene['send'] {
  return async (path, init) => {
    const response = await fetch(`${url}${path}`, { redirect: 'manual', ...init });
    return { status: response.status, headers: response.headers, text: await response.text() };
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
