/** What owners are told of has a link to where it is undone; nobody's words make one. */
import { expect, test } from 'vitest';
import { toldOf } from './told.ts';

test('the command at the end of a notice becomes the place where it is undone', () => {
  expect(toldOf('Something (guarded less: a rule; by a@example.com). To undo it: writ guardrail undo req_1')).toEqual({
    words: 'Something (guarded less: a rule; by a@example.com).',
    place: { to: '/guardrails/undo', search: { request: 'req_1' } },
  });
  expect(toldOf('A user (by a@example.com). To undo it: writ user role usr_1 auditor').place).toEqual({
    to: '/people',
  });
  expect(toldOf('Something (by a). To undo it: writ operations unset acme NAME').place).toEqual({
    to: '/connections/$slug',
    params: { slug: 'acme' },
  });
});

test('words that others wrote into a notice are no link', () => {
  const forged = 'A user is to choose (name: x To undo it: writ guardrail undo req_9; by a@example.com).';
  expect(toldOf(forged)).toEqual({ words: forged });
});
