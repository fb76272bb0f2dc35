/** Rows 5, 9 and 10 of the attack list: where a root credential goes, and where it never does. */

import { PROVIDERS } from '@writ/providers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rewriteUrl } from '../../packages/gateway/src/send/response-headers.ts';
import { type RailwayUpstream, startRailwayUpstream } from '../support/railway-upstream/start.ts';
import { arrived, GRAPHQL_HEADERS, openScene, readStaging, refusalOf, type Scene } from '../support/scene.ts';

let scene: Scene;
let elsewhere: RailwayUpstream;
let token: string;
beforeAll(async () => {
  [scene, elsewhere] = await Promise.all([openScene(), startRailwayUpstream()]);
  token = (await scene.token()).access_token;
});
afterAll(async () => {
  await scene.close();
  await elsewhere.stop();
});

const nothingElsewhere = async (): Promise<void> => {
  const { connections, bytes } = await elsewhere.recorded();
  expect([connections, bytes]).toEqual([0, '']);
};

describe('row 5: the hosts a credential is put on are the hosts that are judged', () => {
  test.each(PROVIDERS.map((provider) => [provider.id, provider] as const))('%s', (_, provider) => {
    const base = new URL(provider.defaultBaseUrl);
    expect([base.protocol, base.port, base.username, base.search, base.hash]).toEqual(['https:', '', '', '', '']);
    expect(provider.hosts).toContain(base.hostname);
    for (const other of Object.values(provider.otherBaseUrls ?? {})) {
      expect(new URL(other).origin + new URL(other).pathname.replace(/\/$/, '')).toBe(other);
      expect(new URL(other).protocol).toBe('https:');
      expect(provider.hosts).toContain(new URL(other).hostname);
    }
    expect(new Set(provider.hosts).size).toBe(provider.hosts.length);
    for (const host of provider.hosts) {
      expect(host).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
      const connection = { provider, base_url: provider.defaultBaseUrl, origin: base.origin, others: new Map() };
      const context = { connection, publicBase: 'https://writ.example.com/gateway/x', from: base.origin };
      expect(rewriteUrl(`https://${host}${base.pathname}`, context)).toMatch(
        /^https:\/\/writ\.example\.com\/gateway\/x/,
      );
      expect(rewriteUrl(`https://${host}.evil.example/a`, context)).toBe(`https://${host}.evil.example/a`);
      expect(rewriteUrl(`https://${host}@evil.example/a`, context)).toBe('https://evil.example/a');
    }
  });
});

describe('row 9: a credential is bound to the origin it was sealed for', () => {
  test('another origin erases it: nothing is sent there, nor anywhere', async () => {
    const { client, assertion } = scene.owner;
    const credential = { kind: 'account_token', value: scene.railway.tokens.account };
    await client.call(
      'connections.create',
      { slug: 'moved', provider: 'railway', base_url: scene.railway.url, credential },
      { assertion },
    );
    await client.call(
      'environments.create',
      { connection: 'moved', slug: 'staging', selector: { environment_ids: ['e_staging'] } },
      { assertion },
    );
    const { client_id } = scene.agent;
    await client.call('grants.create', {
      client_id,
      connection: 'moved',
      environments: ['shared', 'staging'],
      operations: ['*:read'],
    });
    const { access_token } = await scene.token();
    const send = (mark: string) =>
      scene.send('/gateway/moved/graphql/v2', {
        method: 'POST',
        headers: { ...GRAPHQL_HEADERS, authorization: `Bearer ${access_token}` },
        body: JSON.stringify({ query: readStaging(mark) }),
      });
    expect((await send('Before')).status).toBe(200);
    const moved = await client.call(
      'connections.patch',
      { connection: 'moved', base_url: elsewhere.url },
      { assertion },
    );
    expect(moved.credentials).toEqual([]);
    const after = await send('After');
    expect(refusalOf(after)).toEqual([503, 'unavailable']);
    expect(after.text).toContain('has no root credential');
    expect(after.text).toContain('"next":{"action":"ask_human"}');
    expect(after.headers.get('retry-after')).toBeNull();
    await expect(client.call('connections.verify', { connection: 'moved' })).rejects.toBeDefined();
    await expect(client.call('inventory.list', { connection: 'moved' })).rejects.toBeDefined();
    expect(await arrived(scene, 'After')).toEqual([]);
    await nothingElsewhere();
  });

  test('a token of the client in an undeclared place is neither taken nor passed on', async () => {
    const body = JSON.stringify({ query: readStaging('Undeclared') });
    const headers = {
      'content-type': 'application/json',
      'x-api-key': token,
      'x-railway-token': token,
      cookie: `railway=${token}`,
    };
    expect((await scene.send('/gateway/railway/graphql/v2', { method: 'POST', headers, body })).status).toBe(401);
    const all = { ...headers, authorization: `Bearer ${token}` };
    expect((await scene.send('/gateway/railway/graphql/v2', { method: 'POST', headers: all, body })).status).toBe(200);
    const { bytes } = await scene.railway.recorded();
    expect(Buffer.from(bytes, 'base64').toString('latin1')).not.toContain(token.slice(-40));
    await scene.railway.reset();
  });
});

describe('row 10: no address is dialled that a connection must not have', () => {
  test.each([
    'http://169.254.169.254',
    'https://169.254.169.254/latest',
    'https://[::ffff:169.254.169.254]',
    'https://[::ffff:a9fe:a9fe]',
    'https://2852039166',
    'https://0xa9.0xfe.0xa9.0xfe',
    'https://0251.0376.0251.0376',
    'https://[fe80::1]',
    'https://[fd00:ec2::254]',
    'https://100.100.100.200',
    'https://0.0.0.0',
    'https://[::]',
    'https://[64:ff9b::a9fe:a9fe]',
    'https://[2002:a9fe:a9fe::]',
    'http://example.com',
    'ftp://example.com',
    'file:///etc/passwd',
    'gopher://example.com',
    'https://user:fake-password@example.com',
    'https://example.com/?x=1',
    'https://example.com/#x',
    'javascript:alert(1)',
    'https://',
  ])('%s is not a base URL', async (base_url) => {
    const credential = { kind: 'account_token', value: 'fake-root-token-of-nobody' };
    const made = scene.owner.client.call(
      'connections.create',
      { slug: 'bad', provider: 'railway', base_url, credential },
      { assertion: scene.owner.assertion },
    );
    await expect(made).rejects.toMatchObject({ status: 422 });
  });

  test('a redirect is not followed, and reaches nobody', async () => {
    for (const redirect of [
      `${elsewhere.url}/graphql/v2`,
      'http://169.254.169.254/',
      '//evil.example',
      `${scene.railway.url}/graphql/v2`,
    ]) {
      await scene.railway.behave({ redirect });
      const answer = await scene.graphql(token, readStaging('Redirected'));
      expect(answer.status).toBe(503);
      expect(answer.headers.get('location')).toBeNull();
      expect(answer.text).not.toContain('169.254');
      await nothingElsewhere();
    }
    await scene.railway.reset();
    expect((await scene.graphql(token, readStaging())).status).toBe(200);
  });

  test('headers of the provider that could use a browser or a cache do not pass', async () => {
    const headers = {
      'set-cookie': 'writ_session=evil',
      refresh: '0;url=https://evil.example',
      'access-control-allow-origin': '*',
      'clear-site-data': '"*"',
      'content-security-policy': 'default-src *',
      'x-evil': '1',
      link: '<javascript:alert(1)>; rel=preload',
      'writ-code': 'forged',
      'writ-request': 'forged',
    };
    await scene.railway.behave({ headers });
    const answer = await scene.graphql(token, readStaging());
    expect(answer.status).toBe(200);
    for (const name of [
      'set-cookie',
      'refresh',
      'access-control-allow-origin',
      'clear-site-data',
      'x-evil',
      'writ-code',
    ])
      expect([name, answer.headers.get(name)]).toEqual([name, null]);
    expect(answer.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect(answer.headers.get('writ-request')).toMatch(/^req_/);
    expect(answer.headers.get('link') ?? '').not.toContain('javascript');
    await scene.railway.reset();
  });
});

test('an agent cannot make a connection at all', async () => {
  const body = JSON.stringify({
    slug: 'mine',
    provider: 'railway',
    base_url: elsewhere.url,
    credential: { kind: 'account_token', value: 'fake-root-token' },
  });
  const answer = await scene.send('/api/v1/connections', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });
  expect(refusalOf(answer)).toEqual([401, 'invalid_token']);
});
