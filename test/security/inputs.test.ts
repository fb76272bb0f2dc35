/** What every route does with input that nobody may send: on a real broker and a real Postgres, route by route. */
import { ROUTES, type Route, type RouteId } from '@writ/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RawAnswer, type RawRequest, rawRequest } from '../support/raw-request.ts';
import { PARAMETERS } from './parameters.ts';
import { type Stage, setStage } from './stage.ts';

interface Line {
  readonly id: RouteId;
  readonly route: Route;
}

const lines = (Object.entries(ROUTES) as [RouteId, Route][]).map(([id, route]): Line => ({ id, route }));
const withBody = lines.filter(({ route }) => route.body !== undefined);

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
}, 120_000);
afterAll(() => stage?.close());

const pathOf = ({ path }: Route): string => path.replace(/\{(\w+)\}/g, (_, name: string) => PARAMETERS[name] ?? name);

/** Sends a request as somebody who may call the route. */
function send({ route }: Line, request: Partial<RawRequest> & { readonly path?: string } = {}): Promise<RawAnswer> {
  const { path = pathOf(route), headers, ...rest } = request;
  const type = rest.body === undefined ? {} : { 'content-type': 'application/json' };
  const shown: Record<string, string> =
    route.guard.kind === 'access_token'
      ? { authorization: `Bearer ${stage.gatewayToken}` }
      : { cookie: stage.owner.cookie };
  return rawRequest(`${stage.broker.url}${path}`, {
    method: route.method,
    ...rest,
    headers: { ...type, ...shown, ...headers },
  });
}

/** Sends one body to each route that takes one, and lists where the answer was another than this refusal. */
async function notRefused(body: (line: Line) => string, detail: RegExp): Promise<string[]> {
  const wrong: string[] = [];
  for (const line of withBody) {
    const { status, json, text } = await send(line, { body: body(line) });
    if (status !== 400 || json['code'] !== 'invalid_request' || !detail.test(String(json['detail'])))
      wrong.push(`${line.id}: ${status} ${text.slice(0, 200)}`);
  }
  return wrong;
}

const sampleOf = ({ route }: Line): string =>
  JSON.stringify({ ...route.sample, assertion: stage.owner.assertion }).slice(1, -1);

test('a member named twice is refused by every route, at any depth and however it is escaped', async () => {
  const twice = 'names the member "a" twice';
  for (const body of ['{"a":1,"a":1}', '{"x":[{"a":1,"\\u0061":2}]}']) {
    const all = (line: Line) => `${body.slice(0, -1)},${sampleOf(line)}}`;
    expect(await notRefused(all, new RegExp(`^The body ${twice}\\.$`))).toEqual([]);
  }
});

test.each([
  ['a prototype', '"x":{"__proto__":{}}', /^The body has a member named __proto__\.$/],
  ['half a surrogate pair', '"x":"\\ud800"', /^The body holds half a surrogate pair\.$/],
  ['a number that is rounded', '"x":9007199254740993', /^The body holds a number that not every reader reads alike/],
  ['more depth than anything needs', `"x":${'['.repeat(80)}${']'.repeat(80)}`, /^The body is nested more than 64 deep/],
])('%s is refused by every route', async (_, member, detail) => {
  expect(await notRefused((line) => `{${member},${sampleOf(line)}}`, detail)).toEqual([]);
});

test('a grant is never saved without a restriction that was given for it', async () => {
  const create = lines.find(({ id }) => id === 'grants.create') as Line;
  const sample = JSON.stringify({ ...create.route.sample, client_id: 'agent', connection: 'railway' }).slice(0, -1);
  const before = await stage.fingerprint();
  for (const conditions of [
    '{"__proto__":{"name":{"equals":"x"}}}',
    '{"project":{"__proto__":{"equals":"x"}}}',
    '{"constructor":{"name":{"equals":"x"}}}',
    '{"project":{"constructor":{"equals":"x"}}}',
    '{"toString":{}}',
    '{"project":{}}',
    '{}',
  ]) {
    const { status } = await send(create, { body: `${sample},"arguments":${conditions}}` });
    expect([400, 422], conditions).toContain(status);
  }
  for (const empty of ['"resources":[]', '"arguments":null'])
    expect((await send(create, { body: `${sample},${empty}}` })).status, empty).toBe(422);
  expect(await stage.fingerprint()).toBe(before);
});

const encoded = encodeURIComponent('nul\0');

/** The members of a body at whose end NUL is put, at any depth: each by itself. */
function withNul(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => withNul(member, [...path, name]));
}

function changedAt(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return `${String(value)}\0`;
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === step ? changedAt(item, rest) : item));
  return { ...Object(value), [step]: changedAt(Object(value)[step], rest) };
}

test('NUL never reaches the database: not from a path, a query or a body, of any route', async () => {
  const wrong: string[] = [];
  const note = ({ id }: Line, { status, text }: RawAnswer, where: string) => {
    const isRight = id.startsWith('system.') ? status < 500 : [400, 404, 413, 422].includes(status);
    if (!isRight) wrong.push(`${id} ${where}: ${status} ${text.slice(0, 200)}`);
  };
  for (const line of lines) {
    const { route } = line;
    const body = { ...route.sample, assertion: stage.owner.assertion };
    const withSample = route.method === 'GET' ? {} : { body: JSON.stringify(body) };
    for (const [name] of route.path.matchAll(/\{\w+\}/g))
      note(
        line,
        await send(line, {
          path: pathOf({ ...route, path: route.path.replace(name, encoded) as `/${string}` }),
          ...withSample,
        }),
        name,
      );
    for (const name of Object.keys(route.query?.shape ?? {}))
      note(line, await send(line, { path: `${pathOf(route)}?${name}=${encoded}`, ...withSample }), name);
    for (const path of withNul(route.sample))
      note(line, await send(line, { body: JSON.stringify(changedAt(body, path)) }), path.join('.'));
  }
  expect(wrong).toEqual([]);
});

test('nor from a form, or from a proof in a header, of the OAuth endpoints', async () => {
  const basic = (id: string) => `Basic ${Buffer.from(`${id}:secret`).toString('base64')}`;
  for (const path of ['/oauth/token', '/oauth/introspect', '/oauth/revoke']) {
    for (const form of [
      `grant_type=${encoded}`,
      `${encoded}=x`,
      `token=${encoded}`,
      `task=${encoded}`,
      `client_id=${encoded}`,
    ]) {
      for (const client of [basic('agent'), basic(encoded), basic('nul\0')]) {
        const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: client };
        const { status } = await rawRequest(`${stage.broker.url}${path}`, { method: 'POST', headers, body: form });
        expect([400, 401, 429], `${path} ${form}`).toContain(status);
      }
    }
  }
});

test('a cursor is taken by the list that gave it, and by no other', async () => {
  const listed = lines.filter(({ route }) => route.query?.shape['cursor'] !== undefined && route.method === 'GET');
  expect(listed.length).toBeGreaterThan(8);
  const page = await send(lines.find(({ id }) => id === 'users.list') as Line, { path: '/api/v1/users?limit=1' });
  const cursor = String(page.json['next_cursor']);
  const next = await send(lines.find(({ id }) => id === 'users.list') as Line, {
    path: `/api/v1/users?limit=1&cursor=${cursor}`,
  });
  expect(next.status).toBe(200);
  expect(next.json['items']).not.toEqual(page.json['items']);
  for (const line of listed) {
    for (const made of [cursor, '0', '1', 'zzz', 'usr_01', `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`]) {
      if (made === cursor && line.id === 'users.list') continue;
      const { status, json } = await send(line, { path: `${pathOf(line.route)}?cursor=${made}` });
      expect([status, json['detail']], `${line.id} ${made}`).toEqual([
        422,
        'cursor must be the next_cursor of a page of this list, as it was given.',
      ]);
    }
  }
});

test('Allow tells every method a path takes, where patterns meet too; HEAD is answered as GET, OPTIONS with the list', async () => {
  const at = (path: string, method: string) =>
    rawRequest(`${stage.broker.url}${path}`, { method, headers: { cookie: stage.owner.cookie } });
  const wanted: readonly [string, string, string][] = [
    ['/api/v1/clients/trust-test', 'PUT', 'GET, PATCH, DELETE, POST, HEAD, OPTIONS'],
    ['/api/v1/clients/agent', 'POST', 'GET, PATCH, DELETE, HEAD, OPTIONS'],
    ['/api/v1/grants/preview', 'PUT', 'GET, PATCH, DELETE, POST, HEAD, OPTIONS'],
    ['/oauth/token', 'GET', 'POST, OPTIONS'],
    ['/.well-known/jwks.json', 'POST', 'GET, HEAD, OPTIONS'],
    ['/healthz', 'DELETE', 'GET, HEAD, OPTIONS'],
  ];
  for (const [path, method, allow] of wanted) {
    const refused = await at(path, method);
    expect([refused.status, refused.headers.allow?.split(', ').sort()], path).toEqual([405, allow.split(', ').sort()]);
    const asked = await at(path, 'OPTIONS');
    expect([asked.status, asked.headers.allow], path).toEqual([204, refused.headers.allow]);
    expect(asked.headers['access-control-allow-origin']).toBeUndefined();
  }
  const head = await at('/api/v1/me', 'HEAD');
  expect([head.status, head.text]).toEqual([200, '']);
  expect((await at('/api/v1/nothing', 'OPTIONS')).status).toBe(404);
});
