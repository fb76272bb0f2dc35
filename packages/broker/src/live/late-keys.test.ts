import { type AccessTokenVerifier, Rejection, type VerifiedAccessToken } from '@writ/tokens';
import { expect, test, vi } from 'vitest';
import { withLateKeys } from './late-keys.ts';

/** A verifier that knows the kids in the set; a token is its kid. */
function setUp() {
  const published = new Set<string>(['k1']);
  let known = new Set<string>();
  const verifier: AccessTokenVerifier = {
    verify: async (token) => {
      if (!known.has(token)) throw new Rejection('kid_unknown');
      return {} as VerifiedAccessToken;
    },
    forgetKid: () => undefined,
    clear: () => undefined,
  };
  const reload = vi.fn(async () => {
    const now = new Set(published);
    await Promise.resolve();
    known = now;
  });
  const late = withLateKeys(verifier, { keys: { reload }, now: () => performance.now() });
  return { published, reload, verify: (token: string) => late.verify(token, { audience: [] }) };
}

test('a new key of another broker is found at once, though strangers make up kids all the time', async () => {
  const { published, reload, verify } = setUp();
  await verify('k1');
  const refused = (token: string) => expect(verify(token)).rejects.toThrow('kid_unknown');
  await refused('made up');
  published.add('k2');
  await Promise.all([...Array.from({ length: 500 }, (_, at) => refused(`made up ${at}`)), verify('k2')]);
  expect(reload.mock.calls.length).toBeLessThanOrEqual(4);
});
