/** How a GraphQL API is asked documents of Writ's own: only `data` of the shape that was asked for is an answer. */
import { WritError } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Answer, Question } from '../../provider.ts';
import { type Document, documentsOf } from './documents.ts';
import { connection } from './relay.ts';

const { askFor, findBy, readPages } = documentsOf({
  title: 'Plain',
  path: '/api',
  saysNotFound: (message) => message === 'no such thing',
});
const THING: Document<{ thing: { id: string } }> = {
  name: 'thing',
  text: 'query Thing($id: ID!) { thing(id: $id) { id } }',
  data: z.object({ thing: z.object({ id: z.string() }) }),
};

const answer = (body: unknown, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: new Map(Object.entries(headers)),
  body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
});
const answering = (given: Answer) => async (): Promise<Answer> => given;
const found = (given: Answer) => findBy(answering(given), THING, { id: 't1' });
const notFound = { message: 'no such thing' };

test('a document is asked by POST with its variables, at the path of the API', async () => {
  const asked: Question[] = [];
  const ask = async (question: Question) => {
    asked.push(question);
    return answer({ data: { thing: { id: 't1' } } });
  };
  expect(await askFor(ask, THING, { id: 't1' })).toEqual({ thing: { id: 't1' } });
  expect(asked.map(({ name, request }) => [name, request.method, request.path, request.headers])).toEqual([
    ['thing', 'POST', '/api', { 'content-type': 'application/json' }],
  ]);
  expect(JSON.parse(new TextDecoder().decode(asked[0]?.request.body))).toEqual({
    query: THING.text,
    variables: { id: 't1' },
  });
});

describe('there is no such thing', () => {
  test.each([[[notFound]], [[notFound, notFound]]])('where every error says so: %j', async (errors) => {
    expect(await found(answer({ data: null, errors }))).toBeUndefined();
    await expect(askFor(answering(answer({ errors })), THING, {})).rejects.toMatchObject({
      code: 'environment_unresolved',
    });
  });
});

describe('it is no answer, and worth asking again', () => {
  test.each<[string, unknown]>([
    ['errors that say something else', { errors: [{ message: 'busy' }] }],
    ['errors of which one says something else', { errors: [notFound, { message: 'busy' }] }],
    ['errors beside data', { data: { thing: { id: 't1' } }, errors: [{ message: 'busy' }] }],
    ['no errors in the list', { errors: [] }],
    ['errors that are no list', { errors: {} }],
    ['errors that are null', { data: { thing: { id: 't1' } }, errors: null }],
    ['an error without a message', { errors: [{}] }],
    ['no data', {}],
    ['null data', { data: null }],
    ['data of another shape', { data: { thing: { id: 7 } } }],
    ['a list', [{ data: { thing: { id: 't1' } } }]],
    ['no JSON', '<html>'],
    ['JSON with a member twice', '{"data":{"thing":{"id":"t2"}},"data":{"thing":{"id":"t1"}}}'],
  ])('%s', async (_, body) => {
    await expect(found(answer(body))).rejects.toMatchObject({
      code: 'environment_unresolved',
      extras: { retry_after: 5 },
    });
  });

  test.each([204, 301, 400, 404, 500, 503])('status %d, whatever is in it', async (status) => {
    const given = answer({ data: { thing: { id: 't1' } } }, status, { 'retry-after': '9' });
    await expect(found(given)).rejects.toMatchObject({ code: 'environment_unresolved', extras: { retry_after: 9 } });
  });

  test('silence', async () => {
    const silent = async () => {
      throw new WritError('upstream_unavailable', { detail: 'It did not answer.' });
    };
    await expect(findBy(silent, THING, {})).rejects.toMatchObject({
      code: 'environment_unresolved',
      message: 'It did not answer.',
    });
  });
});

test.each([401, 403])('a root credential that is not accepted, by a %d, is for a human', async (status) => {
  const error: unknown = await found(answer({ data: { thing: { id: 't1' } } }, status)).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'environment_unresolved', extras: { ask_human: true } });
  expect(error).toMatchObject({ cause: { code: 'credential_rejected' } });
});

test('a fault of Writ itself is told as it is', async () => {
  const fault = new WritError('rate_limited', { retry_after: 4 });
  const ask = async () => {
    throw fault;
  };
  await expect(findBy(ask, THING, {})).rejects.toBe(fault);
});

describe('pages', () => {
  const THINGS = { name: 'things', text: '{ things }', data: z.object({ things: connection(z.string()) }) };
  const page = (node: string, pageInfo: object) => answer({ data: { things: { edges: [{ node }], pageInfo } } });
  const read = async (pageOf: (after: unknown) => Answer): Promise<readonly string[]> => {
    const seen: string[] = [];
    const ask = async ({ request }: Question) =>
      pageOf(JSON.parse(new TextDecoder().decode(request.body)).variables.after);
    const see = ({ things }: z.infer<typeof THINGS.data>) => {
      seen.push(...things.edges.map(({ node }) => node));
      return { after: things };
    };
    await readPages(ask, THINGS, { variables: {}, see });
    return seen;
  };

  test('are read to the last', async () => {
    const pages = new Map([
      [undefined, page('a', { hasNextPage: true, endCursor: '1' })],
      ['1', page('b', { hasNextPage: true, endCursor: '2' })],
      ['2', page('c', { hasNextPage: false, endCursor: '3' })],
    ]);
    expect(await read((after) => pages.get(after as string) ?? answer({}))).toEqual(['a', 'b', 'c']);
  });

  test.each<[string, (after: unknown) => Answer]>([
    ['that do not move on', () => page('a', { hasNextPage: true, endCursor: '1' })],
    ['without a cursor', () => page('a', { hasNextPage: true, endCursor: null })],
    ['without an end', (after) => page('a', { hasNextPage: true, endCursor: `${after ?? ''}x` })],
  ])('%s are no answer', async (_, pageOf) => {
    await expect(read(pageOf)).rejects.toMatchObject({ code: 'environment_unresolved' });
  });
});
