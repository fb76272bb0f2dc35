import { isAtLeast, ROLES, ROUTES, type Route, type RouteId } from '@writ/api';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RawAnswer, type RawRequest, rawRequest } from '../support/raw-request.ts';
import { PARAMETERS } from './parameters.ts';
import { type Stage, setStage } from './stage.ts';

interface Line {
  readonly id: RouteId;
  readonly route: Route;
}

const lines = (Object.entries(ROUTES) as [RouteId, Route][]).map(([id, route]): Line => ({ id, route }));
const isForUsers = ({ route }: Line): boolean => route.guard.kind === 'user';
const proofOf = ({ route }: Line) => (route.guard.kind === 'user' ? route.guard.proof : 'none');
const writes = ({ route }: Line): boolean => route.method !== 'GET';
const takesBody = ({ route }: Line): boolean =>
  writes({ route } as Line) && (route.body !== undefined || route.guard.kind === 'user');

let stage: Stage;
let before: string;

beforeAll(async () => {
  stage = await setStage();
}, 120_000);
afterAll(() => stage?.close());

/** Refusals change nothing, and record at most that somebody was refused. */
const RECORDED = ['assertion.refused', 'api.refused', 'refusals.counted'];
let kindsBefore: number;
/** Where requests come from: of one address the broker would soon bear no more. */
let from = '';
let tests = 0;
beforeEach(async () => {
  tests += 1;
  from = `127.0.1.${tests}`;
  await stage.forgetAttempts();
  before = await stage.fingerprint();
  kindsBefore = (await stage.auditKinds()).length;
});
afterEach(async () => {
  expect(await stage.fingerprint()).toBe(before);
  expect((await stage.auditKinds()).slice(kindsBefore).filter((kind) => !RECORDED.includes(kind))).toEqual([]);
});

const pathOf = ({ path }: Route): string => path.replace(/\{(\w+)\}/g, (_, name: string) => PARAMETERS[name] ?? name);

function send({ route }: Line, request: Partial<RawRequest> & { readonly query?: string } = {}): Promise<RawAnswer> {
  const { query = '', headers, ...rest } = request;
  const type = rest.body === undefined ? {} : { 'content-type': 'application/json' };
  return rawRequest(`${stage.broker.url}${pathOf(route)}${query}`, {
    method: route.method,
    from,
    ...rest,
    headers: { ...type, ...headers },
  });
}

/** Who may call the route, as headers. */
function rightful({ route }: Line): Record<string, string> {
  if (route.guard.kind === 'access_token') return { authorization: `Bearer ${stage.gatewayToken}` };
  return route.guard.kind === 'user' ? { cookie: stage.owner.cookie } : {};
}

const bodyOf = ({ route }: Line, more: object = {}): string => JSON.stringify({ ...route.sample, ...more });

/** Plays one attack on each of the routes, and lists where the answer was another than the one expected. */
async function failures(
  chosen: readonly Line[],
  attack: (line: Line) => Promise<RawAnswer>,
  expected: (line: Line) => readonly [status: number, code: string],
): Promise<string[]> {
  expect(chosen.length).toBeGreaterThan(0);
  const wrong: string[] = [];
  for (const line of chosen) {
    const { status, json, headers, text } = await attack(line);
    const [wantedStatus, wantedCode] = expected(line);
    if (status !== wantedStatus || json['code'] !== wantedCode)
      wrong.push(`${line.id}: ${status} ${text.slice(0, 300)}`);
    else if (json['request_id'] !== headers['writ-request']) wrong.push(`${line.id}: no request id`);
    if (headers['access-control-allow-origin'] !== undefined) wrong.push(`${line.id}: CORS`);
    if (!String(headers['content-security-policy']).includes("default-src 'none'")) wrong.push(`${line.id}: headers`);
  }
  return wrong;
}

const unauthorized = ({ route }: Line) =>
  [401, route.guard.kind === 'user' ? 'unauthenticated' : 'invalid_token'] as const;
const guarded = lines.filter(({ route }) => route.guard.kind !== 'public');

test('without anything shown, nobody is let in', async () => {
  expect(await failures(guarded, (line) => send(line), unauthorized)).toEqual([]);
});

test.each(['expired', 'idle', 'revoked'] as const)('a session that is %s is nobody', async (why) => {
  const attack = (line: Line) => send(line, { headers: { cookie: stage.deadSessions[why] } });
  expect(await failures(guarded.filter(isForUsers), attack, () => [401, 'unauthenticated'])).toEqual([]);
});

test("a session shown as what it is not is nobody: a browser's in a header, a stored one in a cookie", async () => {
  const browsers = stage.owner.cookie.split('=')[1] ?? '';
  const swap = (headers: Record<string, string>) => (line: Line) => send(line, { headers });
  const chosen = guarded.filter(isForUsers);
  expect(await failures(chosen, swap({ authorization: `Bearer ${browsers}` }), () => [401, 'unauthenticated'])).toEqual(
    [],
  );
  const cookie = `writ_session=${stage.storedSession}`;
  expect(await failures(chosen, swap({ cookie }), () => [401, 'unauthenticated'])).toEqual([]);
  expect(
    await failures(chosen, swap({ cookie: `${stage.owner.cookie}; ${stage.owner.cookie}` }), () => [
      401,
      'unauthenticated',
    ]),
  ).toEqual([]);
});

test('a token that is none, or is for another audience, is refused', async () => {
  const showing = (token: string) => (line: Line) => send(line, { headers: { authorization: `Bearer ${token}` } });
  expect(await failures(guarded, showing('fake.access.token'), () => [401, 'invalid_token'])).toEqual([]);
  expect(await failures(guarded.filter(isForUsers), showing(stage.gatewayToken), () => [401, 'invalid_token'])).toEqual(
    [],
  );
  const forHolders = guarded.filter((line) => !isForUsers(line));
  expect(await failures(forHolders, showing(stage.automationToken), () => [401, 'invalid_token'])).toEqual([]);
  expect(await failures(forHolders, showing(stage.storedSession), () => [401, 'invalid_token'])).toEqual([]);
});

test('no access token does what needs a person', async () => {
  const chosen = lines.filter(({ route }) => route.guard.kind === 'user' && route.guard.automation === false);
  const attack = (line: Line) =>
    send(line, {
      headers: { authorization: `Bearer ${stage.automationToken}` },
      ...(writes(line) ? { body: bodyOf(line, { assertion: stage.owner.assertion }) } : {}),
    });
  const expected = (line: Line) => [403, proofOf(line) === 'assertion' ? 'assertion_required' : 'forbidden'] as const;
  expect(await failures(chosen, attack, expected)).toEqual([]);
});

test.each(ROLES.slice(0, 3))('a user who is only %s does nothing that takes more', async (role) => {
  const chosen = lines.filter(({ route }) => route.guard.kind === 'user' && !isAtLeast(role, route.guard.role));
  const { cookie, assertion } = stage.byRole[role];
  const attack = (line: Line) =>
    send(line, { headers: { cookie }, ...(writes(line) ? { body: bodyOf(line, { assertion }) } : {}) });
  expect(await failures(chosen, attack, () => [403, 'forbidden'])).toEqual([]);
});

const asserted = lines.filter((line) => proofOf(line) === 'assertion');
const recent = lines.filter((line) => proofOf(line) === 'recent');

test('what needs an assertion is refused without one, with a wrong one, and with one of another shape', async () => {
  const withProof = (more: object) => (line: Line) => send(line, { headers: rightful(line), body: bodyOf(line, more) });
  const expected = () => [403, 'assertion_required'] as const;
  expect(await failures(asserted, withProof({}), expected)).toEqual([]);
  expect(await failures(asserted, withProof({ assertion: 'yes' }), expected)).toEqual([]);
  expect(await failures(asserted, withProof({ assertion: { password: '', passkey: {} } }), expected)).toEqual([]);
  const wrong = async (line: Line) => {
    await stage.forgetAttempts();
    return await withProof({ assertion: { password: 'not the password at all' } })(line);
  };
  expect(await failures(asserted, wrong, expected)).toEqual([]);
}, 60_000);

test('neither an old sign-in nor a stored session widens what a client may do', async () => {
  const as = (headers: Record<string, string>) => (line: Line) => send(line, { headers, body: bodyOf(line) });
  const expected = () => [403, 'recent_sign_in_required'] as const;
  expect(await failures(recent, as({ cookie: stage.oldSession }), expected)).toEqual([]);
  expect(await failures(recent, as({ authorization: `Bearer ${stage.storedSession}` }), expected)).toEqual([]);
});

test('a body that is too large is not read', async () => {
  const attack = (line: Line) =>
    send(line, { headers: rightful(line), body: `{"x":"${'x'.repeat(line.route.body_limit ?? 64 * 1024)}"}` });
  expect(await failures(lines.filter(takesBody), attack, () => [413, 'body_too_large'])).toEqual([]);
});

test('a body of another type, or that is not a JSON object, is refused', async () => {
  const chosen = lines.filter(takesBody);
  const as = (type: string, body: string) => (line: Line) =>
    send(line, { headers: { ...rightful(line), 'content-type': type }, body });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1']) {
    expect(await failures(chosen, as(type, '{}'), () => [415, 'unsupported_media_type'])).toEqual([]);
  }
  for (const body of ['{', '[]', 'null', '"x"']) {
    expect(await failures(chosen, as('application/json', body), () => [400, 'invalid_request'])).toEqual([]);
  }
});

test('a request that a page of another site made is refused', async () => {
  const from = (headers: Record<string, string>) => (line: Line) =>
    send(line, { headers: { ...rightful(line), ...headers } });
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: stage.broker.url.replace('localhost', '127.0.0.1') },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    expect(await failures(lines, from(headers), () => [403, 'forbidden'])).toEqual([]);
  }
}, 60_000);

test('a request for a foreign host is misdirected, but for the probes', async () => {
  const chosen = lines.filter(({ id }) => id !== 'system.healthz' && id !== 'system.readyz');
  for (const host of ['evil.example', 'localhost', 'localhost:1', `evil.${new URL(stage.broker.url).host}`]) {
    const attack = (line: Line) => send(line, { headers: { ...rightful(line), host } });
    expect(await failures(chosen, attack, () => [421, 'misdirected'])).toEqual([]);
  }
});

test('members and parameters that nobody knows are refused by name, but for the probes', async () => {
  const chosen = lines.filter(({ id }) => id !== 'system.healthz' && id !== 'system.readyz');
  const query = (line: Line) =>
    send(line, {
      headers: rightful(line),
      query: '?unexpected=1',
      ...(takesBody(line) ? { body: bodyOf(line, isForUsers(line) ? { assertion: stage.owner.assertion } : {}) } : {}),
    });
  expect(await failures(chosen, query, () => [422, 'validation_failed'])).toEqual([]);
  const body = (line: Line) =>
    send(line, {
      headers: rightful(line),
      body: bodyOf(line, { unexpected: 1, ...(isForUsers(line) ? { assertion: stage.owner.assertion } : {}) }),
    });
  expect(await failures(lines.filter(takesBody), body, () => [422, 'validation_failed'])).toEqual([]);
}, 60_000);

test('a parameter that is given twice is refused', async () => {
  const chosen = lines.filter(({ route }) => route.query !== undefined && route.method === 'GET');
  const attack = (line: Line) => send(line, { headers: rightful(line), query: '?limit=1&limit=2' });
  expect(await failures(chosen, attack, () => [400, 'invalid_request'])).toEqual([]);
});

test('a method that a path does not have is refused, and no preflight is answered', async () => {
  const byPath = new Map<string, string[]>();
  for (const { route } of lines) byPath.set(pathOf(route), [...(byPath.get(pathOf(route)) ?? []), route.method]);
  const attack = (method: string) => (line: Line) => send(line, { headers: rightful(line), method });
  const without = (method: string) => lines.filter(({ route }) => !byPath.get(pathOf(route))?.includes(method));
  for (const method of ['TRACE']) {
    expect(await failures(lines, attack(method), () => [405, 'method_not_allowed'])).toEqual([]);
  }
  const patched = without('PUT').filter(({ route }) => !/accept$|preview$/.test(route.path));
  expect(await failures(patched, attack('PUT'), () => [405, 'method_not_allowed'])).toEqual([]);
});

test('what is not there is not found, and says nothing', async () => {
  for (const path of ['/api/v1/nothing', '/api/v2/users', '/.git/config', '/api/v1/users/../../healthz']) {
    const { status, json } = await rawRequest(`${stage.broker.url}${path}`, { method: 'GET' });
    expect([path, status, json['code']]).toEqual([path, path.endsWith('healthz') ? 404 : 404, 'not_found']);
  }
});
