/** The recipe of docs/railway.md, for tools that have Railway's host compiled in: its certificate, and requests as such a tool sends them. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Broker, startBroker } from '../support/broker.ts';
import { freePort } from '../support/free-port.ts';
import { type RailwayUpstream, startRailwayUpstream } from '../support/railway-upstream/start.ts';
import { root } from '../support/sources.ts';
import { type Ended, run, unless } from './program.ts';
import { DELETE, DELETE_VARIABLES, expectSentence, READ, READ_VARIABLES } from './scene.ts';

const HOST = 'backboard.railway.com';
const recipe = /<!-- recipe: certificate -->\n```sh\n([\s\S]*?)```/.exec(
  readFileSync(join(root, 'docs', 'railway.md'), 'utf8'),
)?.[1];

let folder: string;
let port: number;
let broker: Broker;
let railway: RailwayUpstream;
let accessToken: string;
let missing = '';

beforeAll(async () => {
  for (const [program = '', version = ''] of [
    ['openssl', 'version'],
    ['curl', '--version'],
  ]) {
    if ((await run(program, [version])).code !== 0) missing = `no ${program} is here.`;
  }
  if (missing !== '') return;
  folder = await mkdtemp(join(tmpdir(), 'writ-recipe-'));
  const script = (recipe ?? '').replaceAll('writ.example.com', 'localhost');
  expect(await run('bash', ['-ec', `cd ${folder}\n${script}`])).toMatchObject({ code: 0 });
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(join(folder, 'authority.pem'), 'utf8')]);
  port = await freePort();
  const env = {
    WRIT_PORT: String(port),
    WRIT_PUBLIC_URL: `https://localhost:${port}`,
    WRIT_GATEWAY_DOMAIN: 'railway.com',
    WRIT_TLS_CERT: join(folder, 'writ.pem'),
    WRIT_TLS_KEY: join(folder, 'writ.key'),
  };
  [broker, railway] = await Promise.all([startBroker({ database: 'postgres', env }), startRailwayUpstream()]);
  accessToken = await connect();
});

afterAll(async () => {
  if (missing !== '') return;
  await Promise.all([broker.remove(), railway.stop(), rm(folder, { recursive: true, force: true })]);
});

/** Step 3 of the recipe; answers the agent's token. */
async function connect(): Promise<string> {
  const { client, assertion } = await broker.owner();
  const credential = { kind: 'workspace_token', value: railway.tokens.workspace };
  const backboard = { slug: 'backboard', provider: 'railway', base_url: railway.url, credential };
  await client.call('connections.create', backboard, { assertion });
  await client.call('environments.import', { connection: 'backboard' }, { assertion });
  const auth = { method: 'client_secret_basic' } as const;
  const made = await client.call('clients.create', { client_id: 'agent', kind: 'agent', name: 'Agent', auth });
  const grant = { client_id: 'agent', connection: 'backboard', environments: ['staging'], operations: ['*:read'] };
  await client.call('grants.create', grant);
  const response = await fetch(`${broker.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`agent:${made.client_secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Sends to Railway's own URL, as `railway` does; only the name leads to Writ, and the authority is the recipe's. */
function send(query: string, variables: object): Promise<Ended> {
  return run('curl', [
    ...['--silent', '--show-error', '--cacert', join(folder, 'authority.pem')],
    ...['--connect-to', `${HOST}:443:127.0.0.1:${port}`],
    ...['--header', `authorization: Bearer ${accessToken}`, '--header', 'content-type: application/json'],
    ...['--header', 'x-source: CLI 5.71.0', '--user-agent', 'CLI 5.71.0'],
    ...['--data', JSON.stringify({ query, variables }), `https://${HOST}/graphql/v2`],
  ]);
}

test('a call to the compiled-in host is judged by Writ, and what is allowed reaches the provider', async (context) => {
  unless(missing, context);
  const read = await send(READ, READ_VARIABLES);
  expect(JSON.parse(read.stdout || read.stderr)).toMatchObject({ data: { environment: { id: 'e_staging' } } });
  expectSentence((await send(DELETE, DELETE_VARIABLES)).stdout);
});

test('the authority of the recipe can vouch for no other name', async (context) => {
  unless(missing, context);
  const other = 'stripe.example.com';
  const script = `cd ${folder}
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=${other}' -keyout other.key -out other.csr
printf 'subjectAltName=DNS:${other}\\nbasicConstraints=CA:FALSE\\n' > other.ext
openssl x509 -req -in other.csr -CA authority.pem -CAkey authority.key -extfile other.ext -out other.pem
openssl verify -CAfile authority.pem writ.pem
! openssl verify -CAfile authority.pem other.pem`;
  const { code, stdout, stderr } = await run('bash', ['-ec', script]);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('writ.pem: OK');
  expect(stderr).toContain('permitted subtree violation');
});
