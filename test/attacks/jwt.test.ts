/** Rows 11, 12, 15, 16 and 24 of the attack list, and the JWT attacks of every verifier, on a running broker. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jwtAttacks, type SampleJwt, signEs256 } from '../support/jwt-attacks/index.ts';
import { arrived, openScene, readStaging, refusalOf, type Scene } from '../support/scene.ts';
import { sendRaw } from '../support/wire.ts';
import { signingKeyOf } from './signing-key.ts';

let scene: Scene;
let key: KeyObject;
let accepted: string;
beforeAll(async () => {
  scene = await openScene();
  key = (await signingKeyOf(scene.broker.env)).privateKey;
  accepted = (await scene.token()).access_token;
});
afterAll(() => scene.close());

const MARK = 'Forged';
const body = JSON.stringify({ query: readStaging(MARK) });

/** Over a raw socket, because no HTTP client sends some of these. */
function atGateway(token: string) {
  const headers = ['Content-Type: application/json', 'Accept: application/graphql-response+json'];
  const lines = [`Authorization: Bearer ${token}`, ...headers, `Content-Length: ${body.length}`];
  return sendRaw(scene.broker.url, { method: 'POST', target: '/gateway/railway/graphql/v2', lines, body });
}
const atSelf = (token: string) =>
  sendRaw(scene.broker.url, { target: '/api/v1/self', lines: [`Authorization: Bearer ${token}`] });

/** The parts of a token that the broker accepts. */
function sampleOf(token: string): SampleJwt {
  const [header, payload] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
  return { header: header ?? {}, payload: payload ?? {}, privateKey: key };
}

/** White space around a header's value is no part of it (RFC 9110 section 5.5): on the wire these are the good token itself. */
const SAME_ON_THE_WIRE = ['a trailing newline', 'a trailing CRLF', 'a trailing space', 'a leading space'];

/** The attacks as they are on the wire. */
const attacksOn = (sample: SampleJwt) => jwtAttacks(sample).filter(([name]) => !SAME_ON_THE_WIRE.includes(name));

test('the token the attacks are made from is accepted, also when it is signed anew', async () => {
  const sample = sampleOf(accepted);
  for (const token of [accepted, signEs256(sample, key)]) {
    expect((await atGateway(token)).status).toBe(200);
    expect((await atSelf(token)).status).toBe(200);
  }
  await scene.railway.reset();
});

describe('every attack of the list', () => {
  const expectRefused = async (send: (token: string) => ReturnType<typeof atSelf>): Promise<void> => {
    const attacks = attacksOn(sampleOf(accepted));
    expect(attacks.length).toBeGreaterThan(180);
    const through: string[] = [];
    for (const [name, token] of attacks) {
      const answer = await send(token);
      // What breaks the request itself, or is larger than any header, is refused as such.
      const known =
        answer.status === 401 ||
        ((answer.status === 400 || answer.status === 413) && /[^\x20-\x7e]/.test(token)) ||
        token.length > 8000;
      const silent = !answer.body.includes(token.slice(0, 40)) || token.length < 40;
      if (!known || !silent || answer.status < 400) through.push(`${name}: ${answer.status}`);
    }
    expect(through).toEqual([]);
    expect(await arrived(scene, MARK)).toEqual([]);
  };
  test('is refused at the gateway, and nothing is sent', { timeout: 60_000 }, () => expectRefused(atGateway));
  test('is refused at the self endpoints', { timeout: 60_000 }, () => expectRefused(atSelf));
});

describe('row 15: who has no valid token learns nothing but that', () => {
  test('a missing, a foreign, an expired and a revoked token get the same answer, for every resource', async () => {
    const sample = sampleOf((await scene.token()).access_token);
    const { iat } = sample.payload as { iat: number };
    const { ec } = { ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
    const revoked = (await scene.token()).access_token;
    await scene.owner.client.call('tokens.revoke', { jti: String(sampleOf(revoked).payload['jti']) });
    const tokens = {
      foreign: signEs256(sample, ec.privateKey),
      expired: signEs256(
        { ...sample, payload: { ...sample.payload, iat: iat - 900, nbf: iat - 900, exp: iat - 60 } },
        key,
      ),
      revoked,
      unknown: signEs256({ ...sample, payload: { ...sample.payload, jti: 'tok_00000000000000000000000000' } }, key),
      'of another client': signEs256(
        { ...sample, payload: { ...sample.payload, sub: 'root', client_id: 'root' } },
        key,
      ),
      garbage: 'garbage',
    };
    const bodies = new Set<string>();
    for (const [name, token] of Object.entries(tokens)) {
      const answer = await atGateway(token);
      expect([name, ...refusalOf(answer)]).toEqual([name, 401, 'invalid_token']);
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
      bodies.add(answer.body.replaceAll(answer.headers.get('writ-request') ?? '', ''));
    }
    expect([...bodies]).toHaveLength(1);
    expect([...bodies][0]).not.toMatch(/staging|production|customDomain|volume|agent-/);
    expect(await arrived(scene, MARK)).toEqual([]);
  });
});

describe('row 16: nothing expensive is done for a stranger', () => {
  test('no key, certificate or issuer that a token names is ever fetched', async () => {
    const connections: unknown[] = [];
    const server = createServer((socket) => {
      connections.push(socket.remoteAddress);
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const sample = sampleOf(accepted);
    const headers = [
      { jku: `${url}/jwks.json` },
      { x5u: `${url}/cert` },
      { kid: `${url}/key` },
      { jku: url, kid: undefined },
    ];
    const payloads = [{ iss: url }, { iss: url, aud: url }];
    const tokens = [
      ...headers.map((members) => signEs256({ ...sample, header: { ...sample.header, ...members } }, key)),
      ...payloads.map((members) => signEs256({ ...sample, payload: { ...sample.payload, ...members } }, key)),
    ];
    for (const token of tokens) {
      expect((await atGateway(token)).status).toBe(401);
      const fields = {
        client_assertion: token,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      };
      const answer = await scene.send('/oauth/token', {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials', ...fields }),
      });
      expect(answer.status).toBe(401);
    }
    expect(connections).toEqual([]);
    server.close();
  });
});

describe('row 24: one kind of token is never taken for another', () => {
  test.each([
    'JWT',
    'client-authentication+jwt',
    'dpop+jwt',
    'token-introspection+jwt',
    'application/at+jwt',
    'AT+JWT',
    undefined,
  ])('typ %s, signed with the broker key', async (typ) => {
    const sample = sampleOf(accepted);
    const token = signEs256({ ...sample, header: { ...sample.header, typ } }, key);
    expect(refusalOf(await atGateway(token))).toEqual([401, 'invalid_token']);
    expect((await atSelf(token)).status).toBe(401);
  });

  test.each([
    'ISSUER',
    'ISSUER/api/v1',
    'ISSUER/gateway/',
    'ISSUER/gateway/other',
    'ISSUER/gateway/railway/',
    'ISSUER/gateway/railwa',
    'ISSUER/gatewa',
    'https://evil.example/gateway',
  ])('audience %s at the gateway of railway', async (audience) => {
    const sample = sampleOf(accepted);
    const aud = audience.replace('ISSUER', scene.broker.url);
    const token = signEs256({ ...sample, payload: { ...sample.payload, aud } }, key);
    expect(refusalOf(await atGateway(token))).toEqual([401, 'invalid_token']);
    expect(await arrived(scene, MARK)).toEqual([]);
  });

  test('a token in two places, in a cookie, in the query or in the body is not taken', async () => {
    const headers = { 'content-type': 'application/json' };
    const target = '/gateway/railway/graphql/v2';
    const send = (extra: Record<string, string>, query = '') =>
      scene.send(`${target}${query}`, { method: 'POST', headers: { ...headers, ...extra }, body });
    expect(refusalOf(await send({ authorization: `Bearer ${accepted}`, 'project-access-token': accepted }))).toEqual([
      400,
      'request_not_canonical',
    ]);
    expect(refusalOf(await send({ cookie: `access_token=${accepted}` }))).toEqual([401, 'invalid_token']);
    expect((await send({}, `?access_token=${accepted}`)).status).toBe(401);
    expect(refusalOf(await send({ authorization: `Digest ${accepted}` }))).toEqual([401, 'invalid_token']);
    expect(refusalOf(await send({ authorization: `DPoP ${accepted}` }))).toEqual([401, 'invalid_token']);
    expect(await arrived(scene, MARK)).toEqual([]);
  });

  test('a broker does not take the tokens of another', async () => {
    const sample = sampleOf(accepted);
    const others = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(
      (await atGateway(signEs256({ ...sample, payload: { ...sample.payload, iss: 'http://localhost:1' } }, key)))
        .status,
    ).toBe(401);
    expect((await atGateway(signEs256(sample, others.privateKey))).status).toBe(401);
  });
});
