/** What every endpoint does with a refusal: who asked too much waits for it, with no place taken meanwhile; nobody else does. */
import { Readable } from 'node:stream';
import { ROUTES } from '@writ/api';
import { type ErrorCode, WritError } from '@writ/core';
import { ClientBudgets, DEFAULT_LIMITS } from '@writ/gateway';
import { expect, test } from 'vitest';
import { type AdapterDeps, type RoutedRequest, serveRoute } from './adapter.ts';

const CLIENT = 'cli_1';

/** Asks with a good token, and tells what the endpoint did until it answered, in order. */
async function ask(refused: { readonly at: 'guard' | 'work'; readonly code: ErrorCode }): Promise<string[]> {
  const happened: string[] = [];
  const budgets = new ClientBudgets(DEFAULT_LIMITS, () => 0);
  const refuseAt = (at: string): void => {
    if (refused.at === at) throw new WritError(refused.code);
  };
  const deps = {
    services: {
      now: () => 0,
      randomBytes: (length: number) => new Uint8Array(length),
      config: { publicUrl: 'http://localhost' },
      log: { info: () => happened.push('answered'), error: () => undefined },
      live: { budgets, refusals: { count: async () => void happened.push('counted') } },
    },
    authenticators: {
      holder: async () => {
        refuseAt('guard');
        return { kind: 'token', client_id: CLIENT };
      },
    },
    checkCrossSite: () => undefined,
  } as unknown as AdapterDeps;
  const arrival = {
    source: { address: '192.0.2.1' },
    body: { moveTo: () => undefined },
    authenticated: () => undefined,
    refused: () => undefined,
    letWait: async (error: unknown) => {
      if (error instanceof WritError && error.code === 'rate_limited')
        happened.push(`waited with ${budgets.requests.used(CLIENT)} places`);
    },
  } as unknown as RoutedRequest['arrival'];
  const incoming = Object.assign(Readable.from([]), {
    headers: { authorization: 'Bearer fake-token' },
    headersDistinct: {},
    url: '/api/v1/self',
  }) as unknown as RoutedRequest['incoming'];
  const handler = async (): Promise<object> => {
    refuseAt('work');
    return {};
  };
  const { status } = await serveRoute(deps, { id: 'self.get', route: ROUTES['self.get'], handler })({
    incoming,
    arrival,
    params: {},
  });
  return [...happened, String(status)];
}

/** Asks as somebody who is not known, and tells what the front takes them for once they were answered. */
async function answeredAs(id: 'session.create' | 'passkeys.challenge'): Promise<string> {
  let taken = 'a stranger';
  const deps = {
    services: {
      now: () => 0,
      randomBytes: (length: number) => new Uint8Array(length),
      config: { publicUrl: 'http://localhost' },
      log: { info: () => undefined },
    },
    checkCrossSite: () => undefined,
  } as unknown as AdapterDeps;
  const body = Buffer.from(JSON.stringify(ROUTES[id].sample));
  const arrival = {
    source: { address: '192.0.2.1', network: '192.0.2.1' },
    body: { whole: async () => body },
    authenticated: () => {
      taken = 'authenticated';
    },
  } as unknown as RoutedRequest['arrival'];
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
  const incoming = Object.assign(Readable.from([]), { headers, headersDistinct: {}, url: '/' });
  const route = { ...ROUTES[id], response: null };
  const serve = serveRoute(deps, { id, route, handler: async () => undefined });
  const { status } = await serve({ incoming: incoming as unknown as RoutedRequest['incoming'], arrival, params: {} });
  expect(status).toBe(204);
  return taken;
}

test('a client that asks too much waits for every refusal, and then it is counted and answered', async () => {
  expect(await ask({ at: 'guard', code: 'rate_limited' })).toEqual([
    'waited with 0 places',
    'counted',
    'answered',
    '429',
  ]);
  expect(await ask({ at: 'work', code: 'rate_limited' })).toEqual(['waited with 0 places', 'answered', '429']);
});

test('an answer that anybody gets is no proof of who they are', async () => {
  expect(await answeredAs('session.create')).toBe('authenticated');
  expect(await answeredAs('passkeys.challenge')).toBe('a stranger');
});

test('any other refusal comes at once', async () => {
  expect(await ask({ at: 'guard', code: 'invalid_token' })).toEqual(['counted', 'answered', '401']);
  expect(await ask({ at: 'work', code: 'frozen' })).toEqual(['answered', '403']);
});
