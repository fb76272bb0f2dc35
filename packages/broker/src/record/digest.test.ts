/** The digest of a request is for exactly that request: by whom, of what, to where, under which rules (model#request-digest). */
import { SHIPPED_GUARDRAILS } from '@writ/core';
import { expect, test } from 'vitest';
import { decidedRequest } from '../../test/decided-request.ts';
import { requestDigest } from './digest.ts';

test('the same request has the same digest, whatever names it has and whenever it comes', () => {
  const digest = requestDigest(decidedRequest());
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(requestDigest(decidedRequest({ request_id: 'req_other', broker_id: 'brk_other', epochs: [] as never }))).toBe(
    digest,
  );
  expect(requestDigest(decidedRequest({}, { headers: { 'x-trace': '1', accept: 'a/b' } }))).toBe(digest);
  const again = decidedRequest();
  expect([requestDigest(again), requestDigest(again)]).toEqual([digest, digest]);
});

const { caller, connection } = decidedRequest();
const [operation = {}] = decidedRequest().resolved.operations;
const FILES = new Map([
  ['files', { origin: 'https://f.example', base_url: 'https://f.example', allow_private: false }],
]);
const STAGING = { slug: 'staging', kind: 'other' } as const;

test.each<[string, Parameters<typeof decidedRequest>]>([
  ['the method', [{}, { method: 'GET' }]],
  ['the path', [{}, { path: '/y' }]],
  ['the query', [{}, { query: 'a=2' }]],
  ['a meaningful header', [{}, { headers: { accept: 'c/d' } }]],
  ['a meaningful header that is not there', [{}, { headers: {} }]],
  ['the body', [{}, { body: Buffer.from('other') }]],
  ['the connection', [{ connection: { ...connection, id: 'con_2' } }]],
  ['where it is', [{ connection: { ...connection, origin: 'https://other.example' } }]],
  ['the place of the API', [{ connection: { ...connection, others: FILES } }, { at: 'files' }]],
  ['the rows of its environments', [{ connection: { ...connection, environments: [{ slug: 'staging' }] as never } }]],
  ['the version of the credential', [{ credential_version: 2 }]],
  ['that there is none', [{ credential_version: undefined }]],
  ['the version of the catalog', [{}, {}, { catalogVersion: '01' }]],
  ['an operation', [{}, {}, { operations: [{ ...operation, name: 'other' }] }]],
  ['an effect', [{}, {}, { operations: [{ ...operation, effect: 'destroy' }] }]],
  ['a target', [{}, {}, { operations: [{ ...operation, targets: [{ kind: 'volume', id: 'v_2', within: [] }] }] }]],
  [
    'the kind of a target',
    [{}, {}, { operations: [{ ...operation, targets: [{ kind: 'thing', id: 'v_1', within: [] }] }] }],
  ],
  ['an environment', [{}, {}, { operations: [{ ...operation, environments: [{ ...STAGING, slug: 'other' }] }] }]],
  ['one more operation', [{}, {}, { operations: [operation, operation] }]],
  ['the client', [{ caller: { ...caller, client_id: 'other' } }]],
  ['who acts for whom', [{ caller: { ...caller, act_chain: ['other'] } }]],
  ['the task', [{ caller: { ...caller, task_id: 'tsk_2' } }]],
  ['what was granted', [{ caller: { ...caller, chain: [] } }]],
  ['the guardrails', [{ caller: { ...caller, guardrails: SHIPPED_GUARDRAILS.slice(1) } }]],
])('a change of %s changes it', (_, changes) => {
  expect(requestDigest(decidedRequest(...changes))).not.toBe(requestDigest(decidedRequest()));
});

test('what is remembered of a call is of its connection: the same call by another one has another digest', () => {
  const request = decidedRequest();
  const elsewhere = { ...request, connection: { ...request.connection, id: 'con_2' } };
  expect(requestDigest(elsewhere)).not.toBe(requestDigest(request));
  expect(requestDigest(request)).toBe(requestDigest(decidedRequest()));
});
