/** Rows 6 to 8 of the attack list: documents and bodies that say one thing to the broker and another to the provider. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  arrived,
  expectRecorded,
  GRAPHQL_HEADERS,
  openScene,
  refusalOf,
  type Scene,
  tokens,
} from '../support/scene.ts';

let scene: Scene;
let token: () => Promise<string>;
beforeAll(async () => {
  scene = await openScene();
  token = tokens(scene);
});
afterAll(() => scene.close());

const MARK = 'Trick';
const READ = 'environment(id: "e_staging") { id }';
const DELETE = 'volumeDelete(volumeId: "v_prod")';

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
  query = '',
) {
  const authorization = `Bearer ${await token()}`;
  const all = { ...GRAPHQL_HEADERS, authorization, ...headers };
  return scene.send(`/gateway/railway/graphql/v2${query}`, { method: 'POST', headers: all, body });
}

async function expectRefused(answer: Awaited<ReturnType<typeof post>>, code: string): Promise<void> {
  expect(refusalOf(answer)).toEqual([expect.any(Number), code]);
  expect([400, 403, 413]).toContain(answer.status);
  expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ extensions: { writ: { code } } }] });
  expect(answer.text).toContain('Nothing was sent.');
  await expectRecorded(scene, answer);
  expect(await arrived(scene, MARK)).toEqual([]);
  expect(await arrived(scene, 'volumeDelete')).toEqual([]);
}

describe('row 6: what a document does is what a server would do with it', () => {
  test.each<[string, string, string, object?]>([
    ['a mutation', `mutation ${MARK} { ${DELETE} }`, 'operation_not_granted'],
    ['a comment in front', `# query { __typename }\nmutation ${MARK} { ${DELETE} }`, 'operation_not_granted'],
    [
      'commas, tabs and a byte order mark in front',
      `\ufeff,,\t,\n mutation ${MARK} { ${DELETE} }`,
      'operation_not_granted',
    ],
    ['a fragment in front', `fragment F on Mutation { ${DELETE} } mutation ${MARK} { ...F }`, 'operation_not_granted'],
    [
      'a query in front, the mutation named',
      `query A { ${READ} } mutation ${MARK} { ${DELETE} }`,
      'operation_not_granted',
      { operationName: MARK },
    ],
    ['a query in front, nothing named', `query A { ${READ} } mutation ${MARK} { ${DELETE} }`, 'request_not_understood'],
    [
      'a query in front, another named',
      `query A { ${READ} } mutation ${MARK} { ${DELETE} }`,
      'request_not_understood',
      { operationName: 'B' },
    ],
    [
      'an empty name',
      `query A { ${READ} } mutation ${MARK} { ${DELETE} }`,
      'request_not_understood',
      { operationName: '' },
    ],
    [
      'two of one name',
      `query ${MARK} { ${READ} } mutation ${MARK} { ${DELETE} }`,
      'request_not_understood',
      { operationName: MARK },
    ],
    ['a mutation as a query', `query ${MARK} { ${DELETE} }`, 'operation_unknown'],
    ['a mutation as nothing', `{ ${MARK}: ${DELETE} }`, 'operation_unknown'],
    ['a subscription', `subscription ${MARK} { deploymentEvents(id: "d_api_staging") { id } }`, 'not_supported'],
  ])('%s', async (_, query, code, members = {}) => {
    await expectRefused(await post(JSON.stringify({ query, ...members })), code);
  });

  test('of a document with a harmless and a harmful operation only the one that was judged is sent', async () => {
    const query = `query ${MARK} { ${READ} } mutation B { ${DELETE} }`;
    const answer = await post(JSON.stringify({ query, operationName: MARK }));
    expect(answer.status).toBe(200);
    const [body = ''] = await arrived(scene, MARK);
    expect(body).not.toContain('volumeDelete');
    expect(body).not.toContain('mutation');
    await scene.railway.reset();
  });
});

describe('row 7: nothing hides behind aliases, fragments, directives, batches or transports', () => {
  const deep = `${'{ a: environment(id: "e_staging") { b: '.repeat(1)}${'project { environments { edges { node { '.repeat(40)}id${' } } } }'.repeat(40)} } }`;
  test.each<[string, string, string, object?]>([
    ['an alias of a harmless name', `mutation ${MARK} { customDomainCreate: ${DELETE} }`, 'operation_not_granted'],
    [
      'one harmful among harmless',
      `mutation ${MARK} { a: customDomainDelete(id: "cd_stag") b: ${DELETE} }`,
      'operation_not_granted',
    ],
    ['an inline fragment', `mutation ${MARK} { ... on Mutation { ... { ${DELETE} } } }`, 'operation_not_granted'],
    [
      'fragments in fragments',
      `mutation ${MARK} { ...A } fragment A on Mutation { ...B } fragment B on Mutation { ${DELETE} }`,
      'operation_not_granted',
    ],
    [
      '@skip that will be true',
      `mutation ${MARK} { customDomainDelete(id: "cd_stag") ${DELETE} @skip(if: true) }`,
      'operation_not_granted',
    ],
    [
      '@include that will be false',
      `mutation ${MARK}($n: Boolean!) { customDomainDelete(id: "cd_stag") ${DELETE} @include(if: $n) }`,
      'operation_not_granted',
      { variables: { n: false } },
    ],
    ['an unknown directive', `mutation ${MARK} { ${DELETE} @harmless }`, 'not_supported'],
    [
      'a cyclic fragment',
      `query ${MARK} { environment(id: "e_staging") { ...A } } fragment A on Environment { id ...A }`,
      'request_not_understood',
    ],
    ['an unresolved fragment', `query ${MARK} { ...A }`, 'request_not_understood'],
    [
      'the same fragment twice',
      `query ${MARK} { ...A } fragment A on Query { __typename } fragment A on Mutation { ${DELETE} }`,
      'request_not_understood',
    ],
    ['an unused fragment', `query ${MARK} { ${READ} } fragment A on Mutation { ${DELETE} }`, 'request_not_understood'],
    [
      'a variable of another type',
      `mutation ${MARK}($id: ID!) { volumeDelete(volumeId: $id) }`,
      'request_not_understood',
      { variables: { id: 'v_prod' } },
    ],
    [
      'a secret behind a harmless parent',
      `query ${MARK} { environment(id: "e_staging") { config(decryptVariables: true) } }`,
      'operation_not_granted',
    ],
    [
      'a field that is not in the catalog',
      `query ${MARK} { environment(id: "e_staging") { backdoor } }`,
      'operation_unknown',
    ],
    ['what every JavaScript object has', `query ${MARK} { __proto__ { constructor } }`, 'operation_unknown'],
    ['too deep', `query ${MARK} ${deep}`, 'request_too_large'],
    ['too many tokens', `query ${MARK} { ${READ} ${'# \n,__typename '.repeat(20_000)} }`, 'request_too_large'],
    [
      'too many aliases',
      `query ${MARK} { ${Array.from({ length: 3000 }, (_, n) => `a${n}: __typename`).join(' ')} }`,
      'request_too_large',
    ],
  ])('%s', async (_, query, code, members = {}) => {
    await expectRefused(await post(JSON.stringify({ query, ...members })), code);
  });

  const one = JSON.stringify({ query: `mutation ${MARK} { ${DELETE} }` });
  const form = `query=${encodeURIComponent(`mutation ${MARK} { ${DELETE} }`)}`;
  test.each<[string, string | Uint8Array<ArrayBuffer>, Record<string, string>, string, string]>([
    ['a batch', `[${one},${one}]`, {}, '', 'not_supported'],
    ['a batch of one', `[${one}]`, {}, '', 'not_supported'],
    ['$batch', one, {}, '/$batch', 'operation_unknown'],
    [
      'a persisted query by its hash',
      '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"Trick"}}}',
      {},
      '',
      'not_supported',
    ],
    ['a document by id', `{"id":"${MARK}","query":"{ __typename }"}`, {}, '', 'not_supported'],
    ['the document in the query string', '{"query":"{ __typename }"}', {}, `?${form}`, 'not_supported'],
    ['parameters twice', one, {}, '?query=a&query=b', 'request_not_canonical'],
    ['a form', form, { 'content-type': 'application/x-www-form-urlencoded' }, '', 'not_supported'],
    [
      'application/graphql',
      `mutation ${MARK} { ${DELETE} }`,
      { 'content-type': 'application/graphql' },
      '',
      'not_supported',
    ],
    [
      'multipart',
      `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${one}\r\n--x--`,
      { 'content-type': 'multipart/form-data; boundary=x' },
      '',
      'request_not_understood',
    ],
    [
      'another charset',
      new Uint8Array(Buffer.from(one, 'utf16le')),
      { 'content-type': 'application/json; charset=utf-16' },
      '',
      'request_not_understood',
    ],
    ['UTF-7', one, { 'content-type': 'application/json; charset=utf-7' }, '', 'request_not_understood'],
    [
      'a body over the limit',
      `${one.slice(0, -1)},"variables":{"filler":"${'x'.repeat(1_100_000)}"}}`,
      {},
      '',
      'request_too_large',
    ],
  ])('%s', async (_, bytes, headers, query, code) => {
    const answer = query.startsWith('/')
      ? await scene.send(`/gateway/railway/graphql/v2${query}`, {
          method: 'POST',
          headers: { ...GRAPHQL_HEADERS, authorization: `Bearer ${await token()}` },
          body: bytes,
        })
      : await post(bytes, headers, query);
    await expectRefused(answer, code);
  });

  test('a compressed body is refused before anybody is asked who sends it', async () => {
    const answer = await post(new Uint8Array(gzipSync(one)), { 'content-encoding': 'gzip' });
    expect(refusalOf(answer)).toEqual([400, 'not_supported']);
    await expectRecorded(scene, answer);
    expect((await scene.railway.recorded()).requests.filter(({ headers }) => headers['content-encoding'])).toEqual([]);
  });

  test('of a hash beside a harmless document only the document is sent', async () => {
    const query = `query ${MARK} { __typename }`;
    const answer = await post(
      JSON.stringify({ query, extensions: { persistedQuery: { version: 1, sha256Hash: '00' } } }),
    );
    expect(answer.status).toBe(200);
    const bodies = (await arrived(scene, MARK)).map((body) => JSON.parse(body) as unknown);
    expect(bodies).toEqual([{ operationName: MARK, query, variables: {} }]);
    await scene.railway.reset();
  });

  test('a mutation by GET', async () => {
    const authorization = `Bearer ${await token()}`;
    const answer = await scene.send(`/gateway/railway/graphql/v2?${form}`, {
      headers: { ...GRAPHQL_HEADERS, authorization },
    });
    await expectRefused(answer, 'not_supported');
  });
});

describe('row 8: JSON that two parsers read differently is refused', () => {
  const harmless = `"query ${MARK} { __typename }"`;
  const harmful = JSON.stringify(`mutation ${MARK} { ${DELETE} }`);
  test.each<[string, string, string]>([
    ['two documents, the harmful last', `{"query":${harmless},"query":${harmful}}`, 'request_not_canonical'],
    ['two documents, the harmful first', `{"query":${harmful},"query":${harmless}}`, 'request_not_canonical'],
    ['the second behind an escape', `{"query":${harmless},"qu\\u0065ry":${harmful}}`, 'request_not_canonical'],
    ['the second in other letters', `{"query":${harmless},"Query":${harmful}}`, 'not_supported'],
    [
      'two variables',
      `{"query":"query ${MARK}($id: String!) { environment(id: $id) { id } }","variables":{"id":"e_staging","id":"e_production"}}`,
      'request_not_canonical',
    ],
    ['two sets of variables', `{"query":${harmless},"variables":{},"variables":{"id":1}}`, 'request_not_canonical'],
    ['a prototype', `{"query":${harmless},"variables":{"__proto__":{"id":"e_production"}}}`, 'request_not_canonical'],
    ['something behind it', `{"query":${harmless}}{"query":${harmful}}`, 'request_not_understood'],
    ['a comment', `{"query":${harmless}/*,"query":${harmful}*/}`, 'request_not_understood'],
    ['a number beyond a double', `{"query":${harmless},"variables":{"n":1e999}}`, 'request_not_canonical'],
    ['half a surrogate pair', `{"query":${harmless},"variables":{"n":"\\ud800"}}`, 'request_not_canonical'],
  ])('%s', async (_, bytes, code) => {
    await expectRefused(await post(bytes), code);
  });

  test('bytes that are not UTF-8', async () => {
    const bytes = Buffer.from(`{"query":${harmless},"variables":{"n":"?"}}`);
    bytes[bytes.lastIndexOf('?')] = 0xff;
    await expectRefused(await post(new Uint8Array(bytes)), 'request_not_canonical');
  });
});
