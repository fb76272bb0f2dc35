/** A client's settings: what a change widens is said, and nothing is sent that was not changed. */
import type { OutputOf } from '@writ/api';
import { expect, test } from 'vitest';
import { changesOf, patchOf, settingsOf } from './settings.ts';

const CLIENT: OutputOf<'clients.get'> = {
  client_id: 'bot',
  kind: 'agent',
  name: 'Bot',
  auth: { method: 'client_secret_basic' },
  can_authenticate: true,
  require_task: true,
  scopes: [],
  access_token_signing_alg: 'ES256',
  delegable: false,
  may_act: ['helper'],
  version: 'v1',
  owner_id: 'usr_1',
  created_by: 'usr_1',
  created_at: '2026-01-01T00:00:00Z',
  disabled_at: null,
};
const now = settingsOf(CLIENT);

test('nothing changed: nothing is said, and nothing is sent', () => {
  expect(changesOf(CLIENT, now)).toEqual([]);
  expect(patchOf(CLIENT, now)).toEqual({ id: 'bot' });
});

test.each([
  ['a purpose no longer asked for', { require_task: false }, true, { require_task: false }],
  ['exchange', { delegable: true }, true, { delegable: true }],
  ['any other client', { may_act: [] }, true, { may_act: [] }],
  ['another client', { may_act: ['helper', 'other'] }, true, { may_act: ['helper', 'other'] }],
  ['tokens of others', { introspects: true }, true, { scopes: ['writ:introspect'] }],
  [
    'a key for each token',
    { dpop_bound: true },
    false,
    { auth: { method: 'client_secret_basic', dpop_bound_access_tokens: true } },
  ],
  ['another name', { name: ' Robot ' }, false, { name: 'Robot' }],
  ['another algorithm', { access_token_signing_alg: 'RS256' as const }, false, { access_token_signing_alg: 'RS256' }],
] as const)('%s: said to widen or not, and sent alone', (_name, change, widens, sent) => {
  const next = { ...now, ...change, may_act: [...('may_act' in change ? change.may_act : now.may_act)] };
  expect(changesOf(CLIENT, next).map((each) => each.widens)).toEqual([widens]);
  expect(patchOf(CLIENT, next)).toEqual({ id: 'bot', ...sent });
});

test('the first name of a list that was open to all narrows', () => {
  const open = { ...CLIENT, may_act: [] };
  expect(changesOf(open, { ...settingsOf(open), may_act: ['helper'] })).toMatchObject([{ widens: false }]);
});
