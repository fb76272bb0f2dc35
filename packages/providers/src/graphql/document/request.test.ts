/** What ordinary clients add to a request without meaning anything by it is dropped; what a server would act by is refused by name. */
import { describe, expect, test } from 'vitest';
import { classify, engine, post, refusal } from '../../../../../test/support/graphql/classify.ts';

const READ = 'query { environment(id: "e") { id } }';
const PING = 'mutation { ping }';
const HASH = { persistedQuery: { version: 1, sha256Hash: '00' } };
const CLIENT = { clientLibrary: { name: 'a-client', version: '4.0.0' } };

type Changes = Parameters<typeof post>[1];

function taken(members: object, changes: Changes = {}) {
  return engine.classify({ request: post(JSON.stringify(members), changes) }, new Map());
}

function byGet(parameters: Readonly<Record<string, string>>) {
  const query = new URLSearchParams(parameters).toString();
  return engine.classify({ request: post('', { method: 'GET', query, headers: { accept: '*/*' } }) }, new Map());
}

const sentBody = ({ forward }: ReturnType<typeof taken>): unknown => JSON.parse(Buffer.from(forward.body).toString());

describe('harmless additions are dropped', () => {
  const plain = { query: READ, variables: {} };

  test.each<[string, object]>([
    ['the name and version of a client', { extensions: CLIENT }],
    ['any extension of a query', { extensions: { anything: { nested: [1] } } }],
    ['the hash of the document that is there', { extensions: HASH }],
    ['empty extensions', { extensions: {} }],
    ['null extensions, variables and operation name', { extensions: null, variables: null, operationName: null }],
    ['an empty operation name', { operationName: '' }],
    ['variables that the operation does not declare', { variables: { id: 'e', constructor: { a: 1 } } }],
  ])('%s', (_, members) => {
    const classified = taken({ query: READ, ...members });
    expect(classified.operations).toEqual(classify(READ).operations);
    expect(sentBody(classified)).toEqual(plain);
  });

  test('declared variables stay, null ones too', () => {
    const query = 'query ($a: Float, $b: Float) { limit(of: $a) x: limit(of: $b) }';
    const classified = taken({ query, variables: { a: null, b: 2, c: 'not declared' } });
    expect(sentBody(classified)).toHaveProperty('variables', { a: null, b: 2 });
  });

  test('an undeclared variable counts for no limit', () => {
    const variables = { unused: 'x'.repeat(800_000) };
    expect(taken({ query: READ, variables }).forward.body.length).toBeLessThan(1_000);
  });

  test('a mutation keeps its meaning without what says who asks', () => {
    const extensions = { ...CLIENT, requestId: 'r', traceparent: 't', tracing: {} };
    expect(sentBody(taken({ query: PING, extensions }))).toEqual({ query: PING, variables: {} });
  });
});

describe('a query by GET is the same POST', () => {
  test('with everything a POST may say, as one POST of JSON', () => {
    const query = 'query A($v: String!) { environment(id: $v) { id } } query B { __typename }';
    const variables = { v: 'é & ü+1' };
    const got = byGet({ query, operationName: 'A', variables: JSON.stringify(variables), extensions: '{"x":1}' });
    const posted = taken({ query, operationName: 'A', variables });
    expect(got.operations).toEqual(posted.operations);
    expect(Buffer.from(got.forward.body).equals(Buffer.from(posted.forward.body))).toBe(true);
    expect(got.forward).toMatchObject({ method: 'POST', query: '', headers: { 'content-type': 'application/json' } });
  });

  test('with parameters that are empty, or null', () => {
    expect(sentBody(byGet({ query: READ, operationName: '', variables: '', extensions: '' }))).toEqual({
      query: READ,
      variables: {},
    });
    expect(byGet({ query: READ, variables: 'null' }).operations).toHaveLength(1);
  });

  test('but never a mutation, however it is chosen', () => {
    for (const parameters of [
      { query: PING },
      { query: `query A { __typename } ${PING.replace('mutation', 'mutation B')}`, operationName: 'B' },
    ])
      expect(refusal(() => byGet(parameters))).toMatchObject({
        code: 'not_supported',
        detail: expect.stringContaining('mutation goes by POST'),
      });
  });

  test.each<[string, Record<string, string>, string]>([
    ['no document', { variables: '{}' }, 'request_not_understood'],
    ['variables that are no JSON', { query: READ, variables: '{' }, 'request_not_understood'],
    ['variables that are a list', { query: READ, variables: '[]' }, 'request_not_understood'],
    ['a variable twice', { query: READ, variables: '{"a":1,"a":2}' }, 'request_not_canonical'],
    ['a parameter of another meaning', { query: READ, id: '1' }, 'not_supported'],
    ['a hash without its document', { extensions: JSON.stringify(HASH) }, 'not_supported'],
  ])('and is refused with %s', (_, parameters, code) => {
    expect(refusal(() => byGet(parameters)).code).toBe(code);
  });
});

describe('what a server would act by is refused, by name', () => {
  test.each<[string, object, string]>([
    ['a hash without its document', { extensions: HASH }, '"persistedQuery" came without its document'],
    ['a hash with an empty document', { query: '', extensions: HASH }, '"persistedQuery" came without its document'],
    ['a hash on a mutation', { query: PING, extensions: HASH }, '"persistedQuery"'],
    ['an unknown extension on a mutation', { query: PING, extensions: { ...CLIENT, dryRun: true } }, '"dryRun"'],
    [
      'an extension of another spelling on a mutation',
      { query: PING, extensions: { ClientLibrary: 1 } },
      '"ClientLibrary"',
    ],
    ['a document by its id', { documentId: 'sha256:00' }, '"documentId"'],
    ['a member that is none', { query: READ, persisted: 1 }, '"persisted"'],
  ])('%s', (_, members, name) => {
    expect(refusal(() => taken(members))).toMatchObject({
      code: 'not_supported',
      detail: expect.stringContaining(name),
    });
  });

  test('extensions that are no object are not understood', () => {
    for (const extensions of [[], 'x', 1, true]) {
      expect(refusal(() => taken({ query: READ, extensions })).code).toBe('request_not_understood');
    }
  });

  test('a query string beside a body, and a content type that is not JSON', () => {
    expect(refusal(() => taken({ query: READ }, { query: 'op=Read' })).detail).toContain('"op"');
    expect(refusal(() => taken({ query: READ }, { headers: { 'content-type': 'text/plain' } })).detail).toContain(
      'not text/plain',
    );
  });
});
