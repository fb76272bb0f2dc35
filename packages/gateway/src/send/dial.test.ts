import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RecordingUpstream, startUpstream } from '../../test/upstream.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { createDialler, type Resolver } from './dial.ts';

let upstream: RecordingUpstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

const port = (): string => new URL(upstream.origin).port;

/** Returns the status or the name of the error, and whether a request was about to be written. */
async function tryDial(
  origin: string,
  allow_private: boolean,
  resolver?: Resolver,
): Promise<readonly [string | number, boolean]> {
  const dialler = createDialler({ ...DEFAULT_LIMITS, connect_ms: 500 }, resolver);
  let sent = false;
  const result = await new Promise<string | number>((done) => {
    dialler.dispatch(
      { origin, allow_private },
      { path: '/', method: 'GET' },
      {
        onRequestStart: () => {
          sent = true;
        },
        onResponseStart: (_controller, status) => done(status),
        onResponseData: () => undefined,
        onResponseEnd: () => undefined,
        onResponseError: (_controller, error) => done(error.name),
      },
    );
  });
  await dialler.close();
  return [result, sent];
}

const resolving =
  (...addresses: readonly string[]): Resolver =>
  (_hostname, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

test('loopback is dialled only if private upstreams are allowed, in every spelling', async () => {
  for (const host of [
    '127.0.0.1',
    'localhost',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '[::ffff:127.0.0.1]',
  ]) {
    expect([host, await tryDial(`http://${host}:${port()}`, false)]).toEqual([host, ['ForbiddenAddress', false]]);
  }
  expect(await tryDial(upstream.origin, true)).toEqual([200, true]);
  expect(await tryDial(`http://2130706433:${port()}`, true)).toEqual([200, true]);
});

test('a name is dialled at the checked address only', async () => {
  let asked = 0;
  const rebinding: Resolver = (hostname, done) => {
    asked += 1;
    resolving(asked === 1 ? '127.0.0.1' : '169.254.169.254')(hostname, done);
  };
  expect(await tryDial(`http://rebinding.example:${port()}`, true, rebinding)).toEqual([200, true]);
  expect(asked).toBe(1);
});

test('a name is not dialled at all if one of its addresses is forbidden', async () => {
  const mixed = resolving('127.0.0.1', '169.254.169.254');
  expect(await tryDial(`http://mixed.example:${port()}`, true, mixed)).toEqual(['ForbiddenAddress', false]);
  expect(await tryDial(`http://private.example:${port()}`, false, resolving('10.0.0.1'))).toEqual([
    'ForbiddenAddress',
    false,
  ]);
  expect(await tryDial(`http://none.example:${port()}`, true, resolving())).toEqual(['Error', false]);
});

test('metadata addresses are never dialled', async () => {
  for (const host of [
    '169.254.169.254',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '0.0.0.0',
    '[::]',
    '[::ffff:169.254.169.254]',
  ]) {
    expect([host, await tryDial(`http://${host}:${port()}`, true)]).toEqual([host, ['ForbiddenAddress', false]]);
  }
});
