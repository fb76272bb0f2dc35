import { expect, test } from 'vitest';
import { denyGraphql } from './deny.ts';

test('a refusal is a GraphQL error whose message is the detail, with the whole problem beside it', () => {
  const problem = {
    code: 'operation_not_granted',
    detail: 'Nothing was sent.',
    request_id: 'req_1',
    next: { action: 'stop' },
  } as const;
  const { content_type, body } = denyGraphql(problem);
  expect(content_type).toBe('application/json');
  expect(JSON.parse(body)).toEqual({
    errors: [{ message: 'Nothing was sent.', extensions: { code: 'OPERATION_NOT_GRANTED', writ: problem } }],
    data: null,
  });
});
