/** What every route does with input that nobody may send: on a real broker and a real Postgres, route by route. */
import { ROUTES, type Route, type RouteId } from '@writ/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RawAnswer, type RawRequest, rawRequest } from '../support/raw-request.ts';
import { PARAMETERS, SAMPLES } from './samples.ts';
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

/** Sends a request as whoever may call the route. */
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

const sampleOf = ({ id }: Line): string =>
  JSON.stringify({ ...SAMPLES[id], assertion: stage.owner.assertion }).slice(1, -1);

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
  const sample = JSON.stringify(SAMPLES['grants.create']).slice(0, -1);
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
