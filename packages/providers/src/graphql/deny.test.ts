import { ERROR_CODES, type ErrorCode, type Problem, statusOf } from '@writ/core';
import { describe, expect, test } from 'vitest';
import type { RefusedRequest } from '../provider.ts';
import { makeGraphqlDeny, namesGraphqlResponse } from './deny.ts';

const deny = makeGraphqlDeny({ paths: ['/graphql'] });
const AGENT: RefusedRequest = {
  method: 'POST',
  path: '/graphql',
  accept: '*/*, application/json',
  content_type: 'application/json',
  client_kind: 'agent',
  read: true,
};
const problemOf = (code: ErrorCode): Problem => ({
  code,
  detail: 'Nothing was sent.',
  request_id: 'req_1',
  next: { action: 'stop' },
});
const said = (code: ErrorCode, changes: Partial<RefusedRequest> = {}): number =>
  deny(problemOf(code), { ...AGENT, ...changes }).status ?? statusOf(code);

test('a refusal is a GraphQL error whose message is the detail, with the whole problem beside it and no data', () => {
  const problem = problemOf('operation_not_granted');
  const { content_type, body, status } = deny(problem, AGENT);
  expect([status, content_type]).toEqual([200, 'application/json']);
  expect(JSON.parse(body)).toEqual({
    data: null,
    errors: [{ message: 'Nothing was sent.', extensions: { code: 'OPERATION_NOT_GRANTED', writ: problem } }],
  });
});

describe('an agent is told in a 200', () => {
  test('what would be 403, and 400 once the request was read; every other code keeps its status', () => {
    for (const code of ERROR_CODES) {
      const status = statusOf(code);
      expect([code, said(code)]).toEqual([code, status === 403 || status === 400 ? 200 : status]);
      expect([code, said(code, { read: false })]).toEqual([code, status === 403 ? 200 : status]);
    }
  });

  test.each<[string, Partial<RefusedRequest>]>([
    ['a CI job', { client_kind: 'ci' }],
    ["an admin's script", { client_kind: 'automation' }],
    ['a caller without a good token', { client_kind: undefined }],
    ['another path', { path: '/project/up' }],
    ['another method', { method: 'DELETE' }],
    ['who asked for the media type of GraphQL', { accept: 'application/graphql-response+json' }],
  ])('but not %s', (_, changes) => {
    expect(said('operation_not_granted', changes)).toBe(403);
    expect(said('request_not_understood', changes)).toBe(400);
  });
});

describe('the media type of GraphQL is answered where it is asked for by name', () => {
  test.each<[string, boolean]>([
    ['application/graphql-response+json,application/json;q=0.9', true],
    ['application/json, Application/GraphQL-Response+JSON ; charset=utf-8;q=0.1', true],
    ['*/*', false],
    ['application/*', false],
    ['', false],
    ['application/json', false],
    ['application/graphql-response+json;q=0', false],
    ['application/graphql-response+json; q=0.000, application/json', false],
    ['application/graphql-response+jsonx', false],
  ])('%s', (accept, asked) => {
    expect(namesGraphqlResponse(accept)).toBe(asked);
    const { content_type, status } = deny(problemOf('guardrail_denied'), { ...AGENT, accept });
    expect([content_type, status]).toEqual(
      asked ? ['application/graphql-response+json', undefined] : ['application/json', 200],
    );
  });
});
