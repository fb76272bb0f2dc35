/** The JWT attacks of every verifier, as the token of a CI job, on a running broker. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FederatedAuth } from '@writ/core';
import { GRANT_TYPES, TOKEN_TYPES } from '@writ/tokens';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyFor } from '../../packages/tokens/test/ci-samples.ts';
import { askingOf, type TokenEndpoint } from '../attacks/asking.ts';
import { type JwtAttack, jwtAttacks, type SampleJwt, signEs256 } from '../support/jwt-attacks/index.ts';
import { type Answer, openScene, type Scene } from '../support/scene.ts';

const CLIENT = 'deploy';
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const header = { alg: 'ES256', kid: 'fake-ci-key', typ: 'JWT' };

let scene: Scene;
let asking: TokenEndpoint;
let issuer: Server;
let policy: FederatedAuth;

beforeAll(async () => {
  [scene, issuer] = await Promise.all([openScene(), startIssuer()]);
  asking = askingOf(scene);
  const audience = `${scene.broker.url}/ci/${CLIENT}`;
  policy = policyFor('generic', { issuer: urlOf(issuer), audience, allow_private_network: true });
  const { client } = scene.owner;
  await client.call('clients.create', { client_id: CLIENT, kind: 'ci', name: 'Deploy', auth: policy });
  const grant = { connection: 'railway', environments: ['staging'], operations: ['*:read'] };
  await client.call('grants.create', { client_id: CLIENT, ...grant });
});
afterAll(async () => {
  issuer?.close();
  await scene?.close();
});

/** What of the list is no attack on a CI token, and why. */
const NO_ATTACK: ReadonlyMap<string, string> = new Map([
  ['jti: absent', 'an issuer need not write one: such a token is known by the hash of what was signed'],
  ['nothing', 'a parameter without a value was not sent (RFC 6749 section 3.2): nothing is left to verify'],
  ['a trailing NUL', 'no parameter of a form may hold one: refused before it is looked at'],
]);
/** Longer than a form may be: refused before it is read, so that nothing is recorded either. */
const TOO_LONG = 32_768;

/** The stand-in issuer: where its keys are, and the one key. */
async function startIssuer(): Promise<Server> {
  const keys = [{ ...pair.publicKey.export({ format: 'jwk' }), kid: header.kid, alg: 'ES256', use: 'sig' }];
  const server = createServer((request, response) => {
    const url = urlOf(server);
    const body = request.url === '/tenant/keys' ? { keys } : { issuer: url, jwks_uri: `${url}/keys` };
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** With a name in it, as issuers' URLs have: some attacks change a letter. */
const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/tenant`;

/** A job's token that is accepted, once. */
function sampleOf(): SampleJwt {
  const { issuer: iss, audience: aud, claims } = policy;
  const iat = Math.floor(Date.now() / 1000);
  const payload = { iss, aud, ...claims, iat, nbf: iat, exp: iat + 900, jti: randomUUID() };
  return { header, payload, privateKey: pair.privateKey };
}

type Send = (token: string) => Promise<Answer>;

/** The two spellings of one request: RFC 8693 and RFC 7523, each with its error. */
const SPELLINGS: readonly [name: string, error: string, send: Send][] = [
  [
    'token exchange',
    'invalid_request',
    (subject_token) =>
      asking.ask({
        grant_type: GRANT_TYPES.token_exchange,
        client_id: CLIENT,
        subject_token,
        subject_token_type: TOKEN_TYPES.jwt,
      }),
  ],
  [
    'jwt-bearer',
    'invalid_grant',
    (assertion) => asking.ask({ grant_type: GRANT_TYPES.jwt_bearer, client_id: CLIENT, assertion }),
  ],
];

/** Sends each; answers how many were read and refused, and what was answered otherwise than `expected`. */
async function sendAll(attacks: readonly JwtAttack[], { send, expected }: { send: Send; expected: string }) {
  const wrong: string[] = [];
  let refused = 0;
  for (const [name, token] of attacks) {
    const { status, text } = await send(token);
    if (status === 400 && text.trim() === expected) refused += 1;
    else if (status !== 413 || token.length <= TOO_LONG) wrong.push(`${name}: ${status} ${text}`);
  }
  return { refused, wrong };
}

type Counts = Readonly<Record<string, number>>;

/** How many rows each table of the broker has. */
async function rowCounts(): Promise<Counts> {
  const sql = postgres(scene.broker.env['DATABASE_URL'] ?? '', { max: 1 });
  try {
    const tables = await sql<{ name: string }[]>`
      select tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`;
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      const [row] = await sql<{ count: number }[]>`select count(*)::int as count from ${sql(name)}`;
      counts[name] = row?.count ?? 0;
    }
    return counts;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The tables that have more rows than before, and how many more. */
const grown = (before: Counts, after: Counts): Counts =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
      .filter(([, more]) => more > 0),
  );
/** The tree over the audit log, and what signs it: they come with its rows. */
const TREE = /^(audit_(tree|tiles|checkpoints)|checkpoint_keys)$/;

/** Each was refused for what it is: none for the policy, for an issuer that is silent, or by the database as a second use. */
async function expectReasons(): Promise<void> {
  const refusals = await scene.audit({ kind: 'token.refused' });
  const reasons = new Set(refusals.map(({ data }) => String(Reflect.get(Object(data), 'reason'))));
  for (const reason of ['alg', 'signature', 'kid', 'kid_unknown', 'header_member', 'typ', 'iss', 'aud', 'exp', 'nbf'])
    expect(reasons).toContain(reason);
  for (const reason of ['unknown', 'other_method', 'issuer_unavailable', 'pinned_claim', 'replayed', 'undefined'])
    expect(reasons).not.toContain(reason);
}

test('what is left out is in the list', () => {
  const names = jwtAttacks(sampleOf()).map(([name]) => name);
  for (const name of NO_ATTACK.keys()) expect(names).toContain(name);
});

test.each(SPELLINGS)(
  'every attack of the list is refused by %s, all alike, and leaves nothing but a few refusals in the audit log',
  async (_name, error, send) => {
    const sample = sampleOf();
    const attacks = jwtAttacks(sample).filter(([name]) => !NO_ATTACK.has(name));
    const before = await rowCounts();
    const expected = JSON.stringify({ error, error_description: 'workload token not accepted' });
    const { refused, wrong } = await sendAll(attacks, { send, expected });
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(240);
    const more = Object.entries(grown(before, await rowCounts())).filter(([name]) => !TREE.test(name));
    // The first of each kind by itself; the others are counted, and written down once their minute is over.
    expect(more).toEqual([['audit_events', expect.any(Number)]]);
    expect(more[0]?.[1]).toBeLessThan(refused / 2);
    await expectReasons();

    // Only the attack was wrong with each: the token they are made from is still good.
    expect(await send(signEs256(sample, sample.privateKey))).toMatchObject({ status: 200 });
    expect(grown(before, await rowCounts())).toMatchObject({ tokens: 1, subject_token_uses: 1 });
  },
);
