/** The scene of every story: a real broker, a stand-in Railway in its own process, and an agent with a token for staging. */
import { type Broker, startBroker } from './broker.ts';
import type { OwnerAccess } from './owner.ts';
import { type RailwayUpstream, startRailwayUpstream } from './railway-upstream/start.ts';
import type { DatabaseKind } from './store.ts';

/** What the gateway says in GraphQL's shape when it does not forward. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly request_id: string;
  readonly next: { readonly action: string };
}

/** An answer of the gateway. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: { readonly data?: unknown; readonly errors?: readonly { readonly message: string }[] };
  /** What Writ said, where it did not forward. */
  readonly refusal: Refusal | undefined;
}

/** The agent: an ordinary client of Railway's API, that happens to be pointed at Writ. */
export interface Agent {
  readonly client_id: string;
  readonly client_secret: string;
  /** Asks for a token; answers the token endpoint's body. */
  token(parameters?: Readonly<Record<string, string>>): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Sends a GraphQL request with a token. */
  graphql(token: string, query: string, variables?: object): Promise<Answer>;
}

/** A scene. */
export interface Story {
  readonly broker: Broker;
  readonly railway: RailwayUpstream;
  readonly owner: OwnerAccess;
  readonly agent: Agent;
  /** Every request that arrived at the provider since the last `forget` but Writ's own read-only questions. */
  arrived(): Promise<readonly string[]>;
  /** Forgets what arrived. */
  forget(): Promise<void>;
  end(): Promise<void>;
}

/** What a story wants of its scene. */
export interface StoryOptions {
  readonly database?: DatabaseKind;
  /** Environments to name; by default all are imported. */
  readonly only?: Readonly<Record<string, string>>;
  readonly grant?: { readonly environments: string[]; readonly operations: string[] };
}

const GRANTS = [
  { environments: ['shared'], operations: ['*:read'] },
  { environments: ['staging'], operations: ['*:read', 'customDomain*'] },
];

/** Sets the scene by the product's own API: set-up, connection, verify, environments, client, grants. */
export async function openStory(options: StoryOptions = {}): Promise<Story> {
  const [broker, railway] = await Promise.all([
    startBroker({ database: options.database ?? 'embedded' }),
    startRailwayUpstream(),
  ]);
  const owner = await broker.owner();
  const { client, assertion } = owner;
  const credential = { kind: 'account_token', value: railway.tokens.account };
  await client.call(
    'connections.create',
    { slug: 'railway', provider: 'railway', base_url: railway.url, credential },
    { assertion },
  );
  await client.call('connections.verify', { connection: 'railway' });
  await nameEnvironments(owner, options);
  const auth = { method: 'client_secret_basic' as const };
  const made = await client.call('clients.create', { client_id: 'agent', kind: 'agent', name: 'Agent', auth });
  for (const grant of options.grant === undefined ? GRANTS : [options.grant]) {
    await client.call('grants.create', { client_id: 'agent', connection: 'railway', ...grant });
  }
  return {
    broker,
    railway,
    owner,
    agent: agentOf(broker, made.client_secret ?? ''),
    arrived: async () =>
      (await railway.recorded()).requests.map(({ body }) => body).filter((body) => !isOwnQuestion(body)),
    forget: () => railway.reset({ world: true }),
    end: async () => {
      await Promise.all([broker.remove(), railway.stop()]);
    },
  };
}

async function nameEnvironments({ client, assertion }: OwnerAccess, { only }: StoryOptions): Promise<void> {
  if (only === undefined) {
    await client.call('environments.import', { connection: 'railway' }, { assertion });
    return;
  }
  for (const [slug, id] of Object.entries(only)) {
    const selector = { environment_ids: [id] };
    await client.call(
      'environments.create',
      { connection: 'railway', slug, selector, protected: slug === 'production' },
      { assertion },
    );
  }
}

/** Writ asks queries alone, each by a name of its own. */
function isOwnQuestion(body: string): boolean {
  const { query }: { query: string } = JSON.parse(body);
  return /^query Writ[A-Z]\w*/.test(query.trim()) && !/\bmutation\b/.test(query);
}

function agentOf(broker: Broker, client_secret: string): Agent {
  const client_id = 'agent';
  const authorization = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
  return {
    client_id,
    client_secret,
    token: async (parameters = {}) => {
      const body = new URLSearchParams({ grant_type: 'client_credentials', ...parameters });
      const response = await fetch(`${broker.url}/oauth/token`, { method: 'POST', headers: { authorization }, body });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    graphql: async (token, query, variables = {}) => {
      const response = await fetch(`${broker.url}/gateway/railway/graphql/v2`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          // So that a refusal keeps its status: without it an agent is told of it in a 200.
          accept: 'application/graphql-response+json',
        },
        body: JSON.stringify({ query, variables }),
      });
      return answerOf(response);
    },
  };
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = JSON.parse(text);
  const { status, headers } = response;
  return { status, headers, text, body, refusal: body.errors?.[0]?.extensions?.writ };
}

/** The access token of an answer of the token endpoint. */
export function accessToken({
  status,
  body,
}: {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}): string {
  if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`);
  return String(body['access_token']);
}
