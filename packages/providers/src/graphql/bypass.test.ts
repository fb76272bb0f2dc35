/**
 * Ways in which others' classifiers were told one thing while the server did another (attacks 6, 7 and 8). A case that lands
 * here stays.
 */
import { describe, expect, test } from 'vitest';
import { classify, engine, post, refusal } from '../../../../test/support/graphql/classify.ts';
import { MAX_ALIASES, MAX_DEPTH, MAX_TOKENS } from './limits.ts';

const DELETE = 'mutation { volumeDelete(volumeId: "v") }';
const READ = '{ environment(id: "e") { id } }';

function send(body: string | Uint8Array, changes: Parameters<typeof post>[1] = {}): { code: string; detail: string } {
  return refusal(() => engine.classify({ request: post(body, changes) }, new Map()));
}

function sent(query: string, members: Parameters<typeof classify>[1] = {}): { code: string; detail: string } {
  return refusal(() => classify(query, members));
}

describe('a transport that some servers take is refused, not ignored', () => {
  const body = JSON.stringify({ query: READ });
  test.each<[string, string, Parameters<typeof post>[1]]>([
    ['a POST with a query string', body, { query: `query=${encodeURIComponent(DELETE)}` }],
    ['application/graphql', READ, { headers: { 'content-type': 'application/graphql' } }],
    ['multipart', body, { headers: { 'content-type': 'multipart/form-data; boundary=x' } }],
    ['a form', `query=${DELETE}`, { headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['no content type', body, { headers: {} }],
    ['another charset', body, { headers: { 'content-type': 'application/json; charset=utf-16' } }],
    ['two content types', body, { headers: { 'content-type': 'application/json, text/plain' } }],
    ['a batch', `[${body},${body}]`, {}],
    ['a batch of one', `[${body}]`, {}],
    ['a batch of none', '[]', {}],
    ['a document by id', '{"id":"1","query":"{ping}"}', {}],
    ['a member of another spelling', '{"Query":"{ping}","query":"{ping}"}', {}],
    ['another method', '', { method: 'HEAD', query: `query=${encodeURIComponent(READ)}` }],
  ])('%s', (_, bytes, changes) => {
    expect(send(bytes, changes).code).toBe('not_supported');
  });

  test('another path of the provider', () => {
    expect(send(body, { path: '/graphql/internal' }).code).toBe('operation_unknown');
    expect(send(body, { path: '/graphql/' }).code).toBe('operation_unknown');
  });
});

describe('a body that can be read in two ways is refused', () => {
  test.each<[string, string | Uint8Array]>([
    ['query twice', '{"query":"{ __typename }","query":"mutation { ping }"}'],
    ['query twice, once escaped', '{"query":"{ __typename }","qu\\u0065ry":"mutation { ping }"}'],
    ['variables twice', '{"query":"{ __typename }","variables":{},"variables":{"a":1}}'],
    ['a variable twice', '{"query":"{ __typename }","variables":{"a":1,"a":2}}'],
    ['a member deep in a variable twice', '{"query":"{ __typename }","variables":{"a":[{"b":{"c":1,"d":2,"c":3}}]}}'],
    ['a number too large for a double', '{"query":"{ __typename }","variables":{"a":1e999}}'],
    ['a whole number that is rounded', '{"query":"{ __typename }","variables":{"a":9007199254740993}}'],
    ['a negative zero', '{"query":"{ __typename }","variables":{"a":-0}}'],
    ['half a surrogate pair', '{"query":"{ __typename }","variables":{"a":"\\ud800"}}'],
    ['a prototype', '{"query":"{ __typename }","variables":{"__proto__":{"a":1}}}'],
    ['an escaped prototype', '{"query":"{ __typename }","variables":{"__pr\\u006fto__":{"a":1}}}'],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
    ['an overlong encoding', new Uint8Array([0x22, 0xc0, 0xaf, 0x22])],
  ])('%s', (_, body) => {
    expect(send(body).code).toBe('request_not_canonical');
  });

  test.each<[string, string]>([
    ['something after it', `${JSON.stringify({ query: READ })}{}`],
    ['a comment', `{/**/"query":"{ __typename }"}`],
    ['a trailing comma', '{"query":"{ __typename }",}'],
    ['nothing', ''],
    ['a string', '"{ ping }"'],
    ['null', 'null'],
    ['a query that is not a string', '{"query":{"a":1}}'],
    ['no query', '{"variables":{}}'],
    ['an operation name that is not a string', '{"query":"{ __typename }","operationName":1}'],
    ['variables that are a list', '{"query":"{ __typename }","variables":[]}'],
    ['variables that are a string', '{"query":"{ __typename }","variables":"{}"}'],
  ])('and one that is not a GraphQL request: %s', (_, body) => {
    expect(send(body).code).toBe('request_not_understood');
  });
});

describe('a document that servers read differently, or not at all, is refused', () => {
  test.each<[string, string]>([
    ['an unknown query', '{ nothing }'],
    ['a mutation as a query', '{ volumeDelete(volumeId: "v") }'],
    ['a query as a mutation', 'mutation { environment(id: "e") { id } }'],
    ['an unknown nested field', '{ environment(id: "e") { nothing } }'],
    ['a field never reviewed', '{ unreviewed }'],
    ['a nested field never reviewed', '{ environment(id: "e") { unreviewed } }'],
    ['a field every JavaScript object has', '{ constructor }'],
    ['a nested one', '{ environment(id: "e") { toString } }'],
    ['a prototype', '{ __proto__ }'],
    ['a mutation that is skipped and unknown', 'mutation { ping nothing @skip(if: true) }'],
    ['a field of a union', '{ hits { id } }'],
    ['a type that does not exist', '{ hits { ... on Nothing { id } } }'],
    ['introspection by a mutation', 'mutation { __schema { types { name } } }'],
  ])('operation_unknown: %s', (_, query) => {
    expect(sent(query).code).toBe('operation_unknown');
  });

  test('an unknown field is named', () => {
    expect(sent('{ environment(id: "e") { nothing } }').detail).toContain('Environment.nothing');
  });

  test.each<[string, string]>([
    ['a syntax error', '{ environment(id: "e") { id }'],
    ['nothing', ''],
    ['only a comment', '# mutation'],
    ['only a fragment', 'fragment F on Query { __typename }'],
    ['a fragment of the other root', '{ ...F } fragment F on Mutation { ping }'],
    ['an inline fragment of another type', '{ environment(id: "e") { ... on Volume { id } } }'],
    ['a fragment that contains itself', '{ environment(id: "e") { ...F } } fragment F on Environment { id ...F }'],
    [
      'fragments that contain each other',
      '{ environment(id: "e") { ...F } } fragment F on Environment { source { ...G } } fragment G on Environment { ...F }',
    ],
    ['a fragment that is not there', '{ ...F }'],
    ['a fragment twice', '{ ...F } fragment F on Query { __typename } fragment F on Query { hits { __typename } }'],
    ['a fragment nobody uses', '{ __typename } fragment F on Mutation { volumeDelete(volumeId: "v") }'],
    ['two anonymous operations', '{ __typename } mutation { ping }'],
    ['several operations and no operationName', 'query A { __typename } mutation B { ping }'],
    ['one response name for two fields', '{ x: invite(projectId: "p") x: __typename }'],
    ['one response name for two arguments', 'mutation { volumeDelete(volumeId: "a") volumeDelete(volumeId: "b") }'],
    ['an argument that does not exist', 'mutation { volumeDelete(volumeId: "v", force: true) }'],
    ['an argument twice', 'mutation { volumeDelete(volumeId: "v", volumeId: "w") }'],
    ['a required argument left out', 'mutation { volumeDelete }'],
    ['null where it must not be', 'mutation { volumeDelete(volumeId: null) }'],
    ['an input field twice', 'mutation { volumeUpdate(volumeId: "v", input: {name: "a", name: "b"}) { id } }'],
    ['an opaque member twice', 'mutation { settingsPatch(patch: {a: 1, a: 2}) }'],
    ['an input field that does not exist', 'mutation { volumeUpdate(volumeId: "v", input: {force: true}) { id } }'],
    ['an enum as a string', 'mutation { volumeUpdate(volumeId: "v", input: {state: "DELETED"}) { id } }'],
    ['a variable nobody declared', 'mutation { volumeDelete(volumeId: $v) }'],
    ['a variable that a JavaScript server loses', 'query ($__proto__: Float = 1) { limit(of: $__proto__) }'],
    ['a variable that a JavaScript server finds', 'query ($toString: Float) { limit(of: $toString) }'],
    ['a prototype in an opaque value', 'mutation { settingsPatch(patch: {a: [{__proto__: {b: 1}}]}) }'],
    ['a prototype in what stands for it', 'mutation ($v: JSON = {__proto__: {b: 1}}) { settingsPatch(patch: $v) }'],
    ['a variable nobody uses', 'query ($v: String) { __typename }'],
    ['a variable twice', 'query ($v: String!, $v: String!) { environment(id: $v) { id } }'],
    ['a variable of another type', 'query ($v: Int!) { environment(id: $v) { id } }'],
    ['a nullable variable where null must not be', 'query ($v: String) { environment(id: $v) { id } }'],
    ['a variable of an output type', 'query ($v: Environment) { environment(id: $v) { id } }'],
    ['a leaf with a selection', 'mutation { ping { x } }'],
    ['an object without a selection', '{ environment(id: "e") }'],
    ['a type definition', '{ __typename } type Query { x: Int }'],
    ['a number too large for a double', '{ limit(of: 1e999) }'],
    ['a whole number that is rounded', 'mutation { settingsPatch(patch: 9007199254740993) }'],
    ['a whole number too large', '{ limit(many: 2147483648) }'],
    ['half a surrogate pair', 'mutation { volumeDelete(volumeId: "\\ud800") }'],
    ['an unused operation that is not valid', 'query A { __typename } query A { __typename }'],
    ['@include without a condition', '{ __typename @include }'],
    ['@skip twice', '{ __typename @skip(if: false) @skip(if: true) }'],
    ['a missing variable inside an opaque value', 'mutation ($a: JSON) { settingsPatch(patch: {a: $a}) }'],
  ])('request_not_understood: %s', (_, query) => {
    expect(sent(query).code).toBe('request_not_understood');
  });

  test.each<[string, string]>([
    ['a subscription', 'subscription { x }'],
    ['a subscription that is not chosen', 'subscription A { x } query B { __typename }'],
    ['@defer', '{ ... @defer { __typename } }'],
    ['@stream', '{ hits @stream { __typename } }'],
    ['an unknown directive', 'mutation { ping @live }'],
    ['an unknown directive on the operation', 'mutation @cached { ping }'],
    ['one on a fragment', '{ ...F } fragment F on Query @x { __typename }'],
    ['one on a variable', 'query ($v: String! @x) { environment(id: $v) { id } }'],
    ['@skip on an operation', 'query @skip(if: true) { __typename }'],
  ])('not_supported: %s', (_, query) => {
    expect(sent(query, { operationName: query.includes('query B') ? 'B' : undefined }).code).toBe('not_supported');
  });

  test('an operationName that no operation has', () => {
    for (const operationName of ['B', 'a', '__proto__', 'A ']) {
      expect(sent('query A { __typename }', { operationName }).code).toBe('request_not_understood');
    }
    expect(sent('{ __typename }', { operationName: 'A' }).code).toBe('request_not_understood');
  });

  test('variables that are missing, or do not fit', () => {
    const query = 'query ($v: String!) { environment(id: $v) { id } }';
    for (const variables of [{}, { v: null }, { v: 1 }, { v: ['x'] }, { V: 'x' }, { constructor: 'x' }]) {
      expect(sent(query, { variables }).code).toBe('request_not_understood');
    }
  });
});

describe('a bomb is refused before it goes off', () => {
  const nest = (levels: number) => `{ environment(id: "e") ${'{ source '.repeat(levels)}{ id }${' }'.repeat(levels)} }`;
  const bomb = (levels: number) => `{ environment(id: "e") { ...F0 } } ${doubling(levels, 'id')}`;
  const doubling = (levels: number, leaf: string) =>
    Array.from({ length: levels }, (_, level) => {
      const next = level + 1 < levels ? `...F${level + 1}` : leaf;
      return `fragment F${level} on Environment { a: source { ${next} } b: source { ${next} } }`;
    }).join(' ');
  const comparing = (size: number) => {
    const list = `[${'1 '.repeat(size)}]`;
    const both = `fragment A on Mutation { x: settingsPatch(patch: ${list}) } fragment B on Mutation { x: settingsPatch(patch: ${list}) }`;
    return `mutation { ${'...A ...B ...C '.repeat(150)} } fragment C on Mutation { ${'...A ...B '.repeat(100)} } ${both}`;
  };
  const spreads = (levels: number) =>
    `{ environment(id: "e") { ...F0 } } ${Array.from({ length: levels }, (_, level) => {
      const next = level + 1 < levels ? `...F${level + 1} ...F${level + 1}` : 'id';
      return `fragment F${level} on Environment { ${next} }`;
    }).join(' ')}`;

  test.each<[string, string]>([
    ['deep fields', nest(MAX_DEPTH + 1)],
    ['very deep fields', nest(3_000)],
    ['very deep lists', `mutation { settingsPatch(patch: ${'['.repeat(4_000)}${']'.repeat(4_000)}) }`],
    ['very deep types', `query ($v: ${'['.repeat(4_900)}Int${']'.repeat(4_900)}) { limit(many: $v) }`],
    ['tokens', `{ ${'__typename '.repeat(MAX_TOKENS)} }`],
    ['characters', `{ __typename ${'#'.repeat(100_000)}\n }`],
    ['aliases', `mutation { ${Array.from({ length: MAX_ALIASES + 1 }, (_, n) => `a${n}: ping`).join(' ')} }`],
    ['definitions', Array.from({ length: 300 }, (_, n) => `query Q${n} { ...F }`).join(' ')],
    ['operations', `{ environment(id: "e") { ...F0 } } ${doubling(9, 'config')}`],
    ['large arguments compared again and again', comparing(2_000)],
    ['fragments that double the fields', bomb(20)],
    ['fragments that double the work', spreads(25)],
  ])('%s', (_, query) => {
    expect(sent(query).code).toBe('request_too_large');
  });

  test('variables nested too deep, or too long', () => {
    const query = 'mutation ($p: JSON!) { settingsPatch(patch: $p) }';
    const deep = `${'['.repeat(2_000)}${']'.repeat(2_000)}`;
    expect(send(`{"query":${JSON.stringify(query)},"variables":{"p":${deep}}}`).code).toBe('request_too_large');
    expect(sent(query, { variables: { p: 'x'.repeat(800_000) } }).code).toBe('request_too_large');
    expect(send('x'.repeat(1_048_577)).code).toBe('request_too_large');
  });

  test('one name selected thousands of times costs no more than reading it', () => {
    const query = `{ environment(id: "e") { ${'id '.repeat(8_000)} } }`;
    expect(classify(query).operations).toHaveLength(1);
  });
});

describe('no refusal repeats a value', () => {
  const SECRET = 'S3CRET-VALUE';
  test.each<[string, string, unknown]>([
    ['a variable', 'query ($v: Int) { limit(many: [$v]) }', { v: SECRET }],
    [
      'a variable of an enum',
      'mutation ($i: VolumeInput!) { volumeUpdate(volumeId: "v", input: $i) { id } }',
      { i: { state: SECRET } },
    ],
    ['a variable of another name', 'query ($v: Int!) { limit(many: [$v]) }', { w: SECRET }],
    ['a literal', `{ limit(of: "${SECRET}") }`, {}],
    ['a literal inside an input', `mutation { volumeUpdate(volumeId: "v", input: {state: "${SECRET}"}) { id } }`, {}],
    ['a literal in the wrong place', `{ environment(id: "e") "${SECRET}" }`, {}],
    ['a default', `query ($v: Int = "${SECRET}") { limit(many: [$v]) }`, {}],
    ['a literal where a name belongs', `mutation { "${SECRET}" }`, {}],
    ['a broken string', `mutation { volumeDelete(volumeId: "${SECRET}) }`, {}],
    ['a broken escape', `mutation { volumeDelete(volumeId: "${SECRET}\\q") }`, {}],
    ['two arguments', `mutation { volumeDelete(volumeId: "${SECRET}") volumeDelete(volumeId: "b") }`, {}],
  ])('%s', (_, query, variables) => {
    expect(sent(query, { variables }).detail).not.toContain('S3CRET');
  });

  test('nor one of a body that is not JSON', () => {
    expect(send(`{"query": ${SECRET}}`).detail).not.toContain('S3CRET');
  });
});
