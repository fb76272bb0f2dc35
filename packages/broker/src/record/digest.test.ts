import type { Resolved } from '@writ/core';
import { makeCanonical, makeClassified, makeResolved } from '@writ/core/steps';
import { expect, test } from 'vitest';
import { type DecidedRequest, requestDigest } from './digest.ts';

interface Changed {
  readonly forward?: Partial<Resolved['classified']['forward']>;
  readonly catalog_version?: string;
  readonly operation?: Partial<Resolved['operations'][number]>;
  readonly connection?: object;
  readonly caller?: object;
  readonly credential_version?: number;
}

/** A decided request, with what a test changes of it. */
function requestWith({
  forward,
  catalog_version = 'c1',
  operation,
  connection,
  caller,
  credential_version = 1,
}: Changed) {
  const body = Buffer.from('{"query":"{ a }"}');
  const headers = { 'content-type': 'application/json', 'user-agent': 'a' };
  const request = { method: 'POST', path: '/graphql/v2', query: '', headers, body, ...forward };
  const own = { name: 'a', effect: 'read', base_effect: 'read', arguments: {}, secret_arguments: [] } as const;
  const place = { targets: [], containers: [], environments: [{ slug: 'staging', kind: 'other' }] } as const;
  const operations = [{ ...own, ...place, ...operation }];
  const classified = makeClassified({ forward: makeCanonical(request).request, operations, catalog_version });
  return {
    request_id: 'req_1',
    broker_id: 'brk_1',
    connection: {
      id: 'con_1',
      origin: 'https://upstream.test',
      environments: [],
      provider: { headers: { meaningful: ['content-type'] } },
      ...connection,
    },
    caller: { client_id: 'cli_1', task_id: 'tsk_1', act_chain: [], chain: [], guardrails: [], ...caller },
    credential_version,
    epochs: [],
    resolved: makeResolved({ classified, operations }),
    decision: {},
  } as unknown as DecidedRequest;
}

const usual = requestDigest(requestWith({}));

test.each([
  ['the method', { forward: { method: 'GET' } }],
  ['the path', { forward: { path: '/graphql/v1' } }],
  ['the query', { forward: { query: 'a=b' } }],
  ['a header that has a meaning', { forward: { headers: { 'content-type': 'application/graphql' } } }],
  ['the body', { forward: { body: Buffer.from('{"query":"{ b }"}') } }],
  ['the catalog', { catalog_version: 'c2' }],
  ['an operation', { operation: { name: 'b' } }],
  ['its effect', { operation: { effect: 'write' } }],
  ['its targets', { operation: { targets: [{ kind: 'volume', id: 'v_1', within: [] }] } }],
  ['the environments it reaches', { operation: { environments: [{ slug: 'production', kind: 'protected' }] } }],
  ['the connection', { connection: { id: 'con_2' } }],
  ['its origin', { connection: { origin: 'https://other.test' } }],
  [
    'its environments',
    { connection: { environments: [{ id: 'env_1', slug: 'staging', kind: 'other', selector: {} }] } },
  ],
  ['the root credential', { credential_version: 2 }],
  ['the client', { caller: { client_id: 'cli_2' } }],
  ['the task', { caller: { task_id: 'tsk_2' } }],
  ['those on whose behalf it acts', { caller: { act_chain: ['cli_3'] } }],
  ['the grants', { caller: { chain: [{ link: 'grants', subject: 'cli_1', allowances: [] }] } }],
  ['the guardrails', { caller: { guardrails: [{ environments: '*', operations: '*', outcome: 'refuse' }] } }],
] as const satisfies readonly (readonly [string, Changed])[])('%s is part of the digest', (_what, changed) => {
  expect(requestDigest(requestWith(changed))).not.toBe(usual);
});

test('what means nothing is no part of it', () => {
  const forward = { headers: { 'content-type': 'application/json', 'user-agent': 'b' } };
  expect(requestDigest(requestWith({ forward }))).toBe(usual);
});

test('what is remembered of a call is of its connection: the same call by another one has another digest', () => {
  const request = requestWith({});
  expect(requestDigest(request)).toBe(requestDigest(request));
  const elsewhere = { ...request, connection: requestWith({ connection: { id: 'con_2' } }).connection };
  expect(requestDigest(elsewhere)).not.toBe(requestDigest(request));
});
