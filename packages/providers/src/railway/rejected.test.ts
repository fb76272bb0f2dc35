/** A root credential that Railway no longer accepts is told from an id that is not there, a silent provider and a lying one. */
import { WritError } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { type InWorld, inWorld } from '../../../../test/support/railway-upstream/in-world.ts';

const NOT_AUTHORIZED = { set: { data: null, errors: [{ message: 'Not Authorized' }] } };
const DELETE = 'mutation { volumeDelete(volumeId: "v_both") }';
const READ = '{ environment(id: "e_staging") { id } }';

const codeOf = async (work: Promise<unknown>): Promise<WritError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WritError)) throw new Error('it was not refused');
  return error;
};

const expectRejected = (error: WritError): void => {
  expect(error).toMatchObject({ code: 'environment_unresolved', extras: { ask_human: true } });
  expect(error.extras.retry_after).toBeUndefined();
  expect(error.message).toContain('does not accept the root credential');
};

describe('to a call', () => {
  test.each([DELETE, READ])('an administrator must put it right, and nothing is to be repeated: %s', async (query) => {
    const { provider, resolve } = inWorld();
    provider.lie = NOT_AUTHORIZED;
    expectRejected(await codeOf(resolve(query)));
  });

  test('also while what was known of the token is still fresh enough for a read', async () => {
    const it = inWorld();
    await it.resolve(READ);
    it.provider.lie = NOT_AUTHORIZED;
    it.clock.now += 60_000;
    expectRejected(await codeOf(it.resolve('{ deployment(id: "d_api_staging") { id } }')));
  });

  test('an id that is not there stays one, and costs at most one question more in half a minute', async () => {
    const it = inWorld();
    const missing = (id: string) => it.resolve(`{ environment(id: "${id}") { id } }`).catch((error: unknown) => error);
    for (const id of ['e_1', 'e_2', 'e_3']) {
      const error = await missing(id);
      expect(error).toMatchObject({ code: 'environment_unresolved' });
      expect((error as WritError).extras.ask_human).toBeUndefined();
    }
    expect(it.asked.filter((name) => name.startsWith('identity.api_token'))).toHaveLength(1);
  });

  test('a silent provider and one that contradicts itself are worth repeating, each in its own words', async () => {
    const silent = inWorld();
    silent.provider.silent = true;
    const lying = inWorld();
    lying.provider.lie = 'null_edges';
    const [first, second] = await Promise.all([codeOf(silent.resolve(DELETE)), codeOf(lying.resolve(DELETE))]);
    expect([first?.extras.retry_after, second?.extras.retry_after]).toEqual([5, 5]);
    expect(second?.message).toContain('gave no usable answer');
  });
});

describe('to an administrator', () => {
  const VERBS: readonly [string, (it: InWorld) => Promise<unknown>][] = [
    ['identify', ({ upstream }) => upstream.identify()],
    ['environments', ({ upstream }) => upstream.environments()],
    ['inventory', ({ upstream }) => upstream.inventory()],
    ['schema', ({ upstream }) => upstream.liveSchema()],
  ];
  test.each(VERBS)('%s says that the credential is rejected', async (_, verb) => {
    const it = inWorld();
    it.provider.lie = NOT_AUTHORIZED;
    expect(await codeOf(verb(it))).toMatchObject({
      code: 'credential_rejected',
      message: expect.stringContaining('An administrator must replace it.'),
    });
  });
});
