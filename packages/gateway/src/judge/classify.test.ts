import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Effect, ProviderRequest } from '@writ/core';
import { makeCanonical } from '@writ/core/steps';
import { PROVIDERS } from '@writ/providers';
import { describe, expect, test } from 'vitest';
import { classify } from './classify.ts';

const READ = '{ volumeInstance(id: "vi_stag") { state } }';
const [railway] = PROVIDERS;
if (railway === undefined) throw new Error('there is no provider');
const connection = { id: 'con_1', provider: railway, overrides: new Map<string, Effect>(), others: new Map() };

function requestOf(query: string, changed: Partial<ProviderRequest> = {}) {
  const body = Buffer.from(JSON.stringify({ query }));
  const headers = { 'content-type': 'application/json' };
  return makeCanonical({ method: 'POST', path: '/graphql/v2', query: '', headers, body, ...changed });
}

/** Runs the garbage collector. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('a request that was judged before', () => {
  test('is not judged again where it only reads', () => {
    expect(classify(connection, requestOf(READ))).toBe(classify(connection, requestOf(READ)));
  });

  test.each([
    ['changes something', 'mutation { volumeDelete(volumeId: "v_stag") }'],
    ['reveals a secret', '{ variables(projectId: "p", environmentId: "e") }'],
    ['does many things', `{ ${Array.from({ length: 9 }, (_, n) => `a${n}: me { id }`).join(' ')} }`],
    ['is long', `{ volumeInstance(id: "${'v'.repeat(3000)}") { state } }`],
  ])('is judged again where it %s', (_what, query) => {
    expect(classify(connection, requestOf(query))).not.toBe(classify(connection, requestOf(query)));
  });

  const headers = { 'content-type': 'application/json; charset=utf-8' };
  test.each([
    ['another body', connection, requestOf(`${READ} `)],
    ['another header', connection, requestOf(READ, { headers })],
    ['another path', connection, requestOf(READ, { path: '/graphql/internal' })],
    ['another connection', { ...connection, id: 'con_2' }, requestOf(READ)],
    ['other places of the API since', { ...connection, others: new Map() }, requestOf(READ)],
    ['effects that an owner raised since', { ...connection, overrides: new Map() }, requestOf(READ)],
    ['a provider that knows more since', { ...connection, provider: { ...railway } }, requestOf(READ)],
  ])('is another one with %s', (_what, of, request) => {
    const before = classify(connection, requestOf(READ));
    let after: unknown;
    try {
      after = classify(of, request);
    } catch (error) {
      after = error;
    }
    expect(after).not.toBe(before);
  });

  test('is judged by the effect that an owner raised it to: from then on it is a destruction', () => {
    classify(connection, requestOf(READ));
    const overrides = new Map<string, Effect>([['volumeInstance', 'destroy']]);
    const [operation] = classify({ ...connection, overrides }, requestOf(READ)).operations;
    expect(operation?.effect).toBe('destroy');
  });

  test('makes room for others by the size of all that is kept of it, long headers too', () => {
    const before = classify(connection, requestOf(READ));
    for (let n = 0; n < 400; n += 1) {
      const headers = { 'content-type': 'application/json', 'user-agent': String(n).padEnd(15_000, 'x') };
      classify(connection, requestOf('{ me { id } }', { headers }));
    }
    expect(classify(connection, requestOf(READ))).not.toBe(before);
  });

  test('keeps only what judges it of its connection', async () => {
    const judged = (): WeakRef<object> => {
      const deleted = { ...connection, id: 'con_deleted' };
      classify(deleted, requestOf(READ));
      return new WeakRef(deleted);
    };
    const deleted = judged();
    await nextTurn();
    collect();
    expect(deleted.deref()).toBeUndefined();
  });
});
