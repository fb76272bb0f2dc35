import { openApiDocument, ROUTES, type Route } from '@writ/api';
import { expect, test } from 'vitest';
import { createHandlers } from '../../apps/server/src/handlers.ts';
import { codesOf } from '../../packages/api/src/openapi.ts';
import { PUBLIC } from '../support/public-routes.ts';
import { filesBelow, withoutComments } from '../support/sources.ts';

const routes = Object.entries<Route>(ROUTES);
const document = openApiDocument({ publicUrl: 'https://writ.example.com', version: '1' });
const ids = (chosen: (route: Route) => boolean): string[] =>
  routes.filter(([, route]) => chosen(route)).map(([id]) => id);

/** What no bearer token does (invariant 10): users, guardrails, unfreezing, protection, selectors, effects, base URLs, credentials. */
const ASSERTED = [
  'me.password',
  'passkeys.create',
  'passkeys.delete',
  'users.create',
  'users.patch',
  'users.delete',
  'users.reset',
  'connections.create',
  'connections.patch',
  'connections.delete',
  'me.patch',
  'connections.credential',
  'environments.create',
  'environments.import',
  'environments.patch',
  'environments.delete',
  'operations.put',
  'operations.dismiss',
  'notifications.create',
  'notifications.delete',
  'notifications.patch',
  'operations.admit',
  'operations.dismiss_argument',
  'allowances.create',
  'approvals.approve',
  'approvals.approve_all',
  'approvals.deny',
  'approvals.look',
  'approvals.reopen',
  'guardrails.put',
  'guardrails.undo',
  'clients.trust_test_unsaved',
  'freeze.delete',
  'holds.release',
  'keys.rotate',
  'keys.compromise',
  'audit.prune',
  'backup.make',
];

test('every route has a guard and a handler', () => {
  const handlers = createHandlers({ publicUrl: 'https://writ.example.com', version: '1', isReady: () => true });
  expect(Object.keys(handlers).sort()).toEqual(Object.keys(ROUTES).sort());
  expect(ids(({ guard }) => guard === undefined)).toEqual([]);
});

/** Routes that no command calls, and why. */
const WITHOUT_COMMAND: Readonly<Record<string, string>> = {
  'audit.histogram': 'a chart of pages; `writ audit list` shows what it counts',
  'grants.patch': 'a grant is replaced by another, so that what was given stays to be seen',
  'self.get': 'for the holder of a token, which no person at a command line is',
  'self.operations': 'for the holder of a token',
  'self.explain': 'for the holder of a token',
  'self.approval': 'for the holder of a token',
  'self.hold': 'for the holder of a token',
  'self.hold_result': 'for the holder of a token',
  'self.hold_cancel': 'for the holder of a token; a person has `writ holds cancel`',
  'self.approval_result': 'for the holder of a token',
  'self.end': 'for the holder of a token; the GitHub Action calls it',
  'me.patch': 'for the page of one who is signed in; an owner has `writ user role` for roles',
  'passkeys.challenge': 'for browsers: a terminal has no passkeys',
  'passkeys.create': 'for browsers',
  'session.methods': 'for the page on which one signs in',
  'system.healthz': 'for probes',
  'system.readyz': 'for probes',
};

test('every route has a command, or a reason why it has none', () => {
  const commands = filesBelow('apps/cli/src', ['.ts']).map(({ text }) => withoutComments(text));
  const isCalled = (id: string): boolean => commands.some((text) => text.includes(`'${id}'`));
  const without = routes.map(([id]) => id).filter((id) => !isCalled(id));
  expect(without.sort()).toEqual(Object.keys(WITHOUT_COMMAND).sort());
});

test('every body has a sample beside it, which the route takes', () => {
  for (const [id, { body, sample }] of routes) {
    expect(sample !== undefined, id).toBe(body !== undefined);
    if (body !== undefined) expect(body.safeParse(sample).error?.issues, id).toBeUndefined();
  }
});

test("every noun's schemas have a file, and its routes one of the same name", () => {
  const namesIn = (folder: string): string[] =>
    filesBelow(`packages/api/src/${folder}`, ['.ts'])
      .map(({ path }) => path.split('/').at(-1) ?? '')
      .filter((name) => !/^common\.|\.test\.ts$/.test(name));
  expect(namesIn('schemas').sort()).toEqual(namesIn('routes').sort());
});

test('the public routes are the short list', () => {
  expect(ids(({ guard }) => guard.kind === 'public').sort()).toEqual([...PUBLIC].sort());
});

test('what no bearer token may do needs an assertion, and no access token reaches it', () => {
  const asserted = routes.filter(([, { guard }]) => guard.kind === 'user' && guard.proof === 'assertion');
  expect(asserted.map(([id]) => id).sort()).toEqual([...ASSERTED].sort());
  expect(asserted.filter(([, { guard }]) => guard.kind === 'user' && guard.automation !== false)).toEqual([]);
});

test('making or widening a client or a grant needs a recent proof', () => {
  const recent = ids(({ guard }) => guard.kind === 'user' && guard.proof === 'recent');
  const widening = ['clients.create', 'clients.patch', 'clients.rotate_secret', 'grants.create', 'grants.patch'];
  expect(recent.sort()).toEqual(widening.sort());
});

test('an access token reaches the self endpoints and nothing else', () => {
  expect(ids(({ guard }) => guard.kind === 'access_token').every((id) => id.startsWith('self.'))).toBe(true);
  expect(ids(({ guard, path }) => path.startsWith('/api/v1/self') && guard.kind !== 'access_token')).toEqual([]);
});

test('no two routes answer the same request, and the names of a route never collide', () => {
  const places = routes.map(([, { method, path }]) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
  expect(new Set(places).size).toBe(places.length);
  for (const [id, { params, query, path }] of routes) {
    const names = [...Object.keys(params?.shape ?? {}), ...Object.keys(query?.shape ?? {})];
    expect(new Set(names).size, id).toBe(names.length);
    expect([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort(), id).toEqual(
      Object.keys(params?.shape ?? {}).sort(),
    );
  }
});

test('no member of a body has the name of a parameter, nor the name assertion', () => {
  for (const [id, { params, query }] of routes) {
    const names = [...Object.keys(params?.shape ?? {}), ...Object.keys(query?.shape ?? {}), 'assertion'];
    const body = bodyMembers(id).filter((name) => name !== 'assertion');
    expect(
      body.filter((name) => names.includes(name)),
      id,
    ).toEqual([]);
  }
});

test('every route is in the OpenAPI document, with every status it can answer', () => {
  for (const [id, route] of routes) {
    const operation = operationOf(route);
    expect(operation?.operationId, id).toBe(id);
    expect(Object.keys(operation?.responses ?? {}).length, id).toBeGreaterThan(1);
    expect(codesOf(route).length, id).toBeGreaterThan(0);
  }
});

interface OpenApiOperation {
  readonly operationId: string;
  readonly responses: object;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}
interface Schema {
  readonly properties?: object;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
}

function operationOf({ method, path }: Route): OpenApiOperation | undefined {
  const paths = document['paths'] as Record<string, Record<string, OpenApiOperation>>;
  return paths[path]?.[method.toLowerCase()];
}

/** The members of a route's body, in all its alternatives. */
function bodyMembers(id: string): string[] {
  const route = routes.find(([name]) => name === id)?.[1];
  const schema = route && operationOf(route)?.requestBody?.content['application/json']?.schema;
  const named = (document['components'] as { schemas: Readonly<Record<string, Schema>> }).schemas;
  const of = (one: Schema | undefined): string[] =>
    one?.$ref === undefined
      ? [...Object.keys(one?.properties ?? {}), ...(one?.anyOf ?? []).flatMap(of)]
      : of(named[one.$ref.replace('#/components/schemas/', '')]);
  return of(schema);
}
