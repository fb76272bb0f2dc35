/** Row 10 of the attack list, on a broker that is reached from elsewhere: its own machine and network are no upstreams. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Broker, startBroker } from '../support/broker.ts';
import { fakePassword } from '../support/owner.ts';
import { type RailwayUpstream, startRailwayUpstream } from '../support/railway-upstream/start.ts';
import { type RawAnswer, sendRaw } from '../support/wire.ts';

let railway: RailwayUpstream;
let broker: Broker;
let session = '';
const password = fakePassword();
beforeAll(async () => {
  railway = await startRailwayUpstream();
  const { port } = new URL(railway.url);
  const env = {
    WRIT_PUBLIC_URL: 'https://writ.example.com',
    WRIT_PRIVATE_UPSTREAMS: `listed.localhost:1,127.0.0.2:${port}`,
  };
  broker = await startBroker({ database: 'postgres', env });
  const owner = { email: 'owner@example.com', name: 'Test Owner', password, client: 'cli' };
  const answer = await post('/api/v1/setup', { setup_token: broker.setupToken, ...owner });
  session = (JSON.parse(answer.body) as { session_token: string }).session_token;
});
afterAll(async () => {
  await broker.remove();
  await railway.stop();
});

/** As a proxy in front would: under the public name, on the port the broker listens on. */
function post(target: string, members: object): Promise<RawAnswer> {
  const body = JSON.stringify(members);
  const who = session === '' ? [] : [`Authorization: Bearer ${session}`];
  const lines = ['Host: writ.example.com', 'Content-Type: application/json', `Content-Length: ${body.length}`, ...who];
  return sendRaw(`http://127.0.0.1:${broker.env['WRIT_PORT']}`, { method: 'POST', target, lines, body });
}

function connect(slug: string, base_url: string): Promise<RawAnswer> {
  const credential = { kind: 'account_token', value: railway.tokens.account };
  return post('/api/v1/connections', { slug, provider: 'railway', base_url, credential, assertion: { password } });
}

test.each([
  'http://127.0.0.1:PORT',
  'https://127.0.0.1:PORT',
  'https://[::1]:PORT',
  'https://[::ffff:127.0.0.1]:PORT',
  'https://2130706433:PORT',
  'https://127.1:PORT',
  'http://localhost:PORT',
  'https://10.0.0.1',
  'https://192.168.1.1',
  'https://172.16.0.1',
  'https://100.64.0.1',
  'https://[fd00::1]',
])('%s is not a base URL there', async (url) => {
  const answer = await connect('private', url.replace('PORT', new URL(railway.url).port));
  expect(answer.status).toBe(422);
});

test.each(['localhost', 'anything.localhost'])(
  'the name %s is not dialled, at any address it turns out to have',
  async (name) => {
    const slug = name.replaceAll('.', '-');
    const made = await connect(slug, `https://${name}:${new URL(railway.url).port}`);
    if (made.status === 201) {
      const verified = await post(`/api/v1/connections/${slug}/verify`, {});
      expect([verified.status, verified.headers.get('writ-code')]).toEqual([503, 'upstream_unavailable']);
      expect(verified.body).not.toMatch(/127\.0\.0\.1|::1|ECONN/);
    } else {
      expect(made.status).toBe(422);
    }
    expect(await railway.recorded()).toMatchObject({ connections: 0, bytes: '' });
  },
);

test('its own front door takes no name but its own', async () => {
  for (const host of [
    'localhost',
    '127.0.0.1',
    `127.0.0.1:${broker.env['WRIT_PORT']}`,
    'writ.example.com.evil.example',
    'evil.example',
  ]) {
    const answer = await sendRaw(`http://127.0.0.1:${broker.env['WRIT_PORT']}`, {
      target: '/api/v1/me',
      lines: [`Host: ${host}`],
    });
    expect([host, answer.status]).toEqual([host, 421]);
  }
});
