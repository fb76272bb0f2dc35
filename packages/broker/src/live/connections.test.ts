import { expect, test } from 'vitest';
import type { BrokerConfig } from '../context.ts';
import { othersOf } from './connections.ts';

const provider = {
  defaultBaseUrl: 'https://api.plain.example/v1',
  otherBaseUrls: { uploads: 'https://uploads.plain.example/v2' },
};
const services = (privateUpstreams: readonly string[] = []) => ({
  config: { publicUrlIsLoopback: false, privateUpstreams } as unknown as BrokerConfig,
});

test("a connection to the provider itself has the provider's other places", () => {
  expect([...othersOf(services(), 'https://api.plain.example', provider)]).toEqual([
    [
      'uploads',
      { base_url: 'https://uploads.plain.example/v2', origin: 'https://uploads.plain.example', allow_private: false },
    ],
  ]);
});

test.each([
  'https://stand-in.example',
  'http://api.plain.example',
  'https://api.plain.example:8443',
  'https://uploads.plain.example',
])('a connection to %s has none: its root credential goes there alone', (origin) => {
  expect(othersOf(services(), origin, provider).size).toBe(0);
});

test('each place may be private only where it is listed itself', () => {
  const isPrivate = (listed: string) =>
    othersOf(services([listed]), 'https://api.plain.example', provider).get('uploads')?.allow_private;
  expect([isPrivate('api.plain.example:443'), isPrivate('uploads.plain.example:443')]).toEqual([false, true]);
});
