import { expect, test } from 'vitest';
import { deviceOf, keptUserAgent } from './device.ts';

const KHTML = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  ['Firefox on Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  ['Chrome on Windows', `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${KHTML} Chrome/140.0.0.0 Safari/537.36`],
  ['Chrome on Android', `Mozilla/5.0 (Linux; Android 10; K) ${KHTML} Chrome/140.0.0.0 Mobile Safari/537.36`],
  [
    'Edge on Windows',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${KHTML} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
  ],
  [
    'Safari on macOS',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15',
  ],
  [
    'Safari on iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile/15E148 Safari/604.1',
  ],
  ['Chrome on iPhone', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) CriOS/140.0 Mobile/15E148 Safari/604.1'],
  ['Chrome on ChromeOS', `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${KHTML} Chrome/140.0.0.0 Safari/537.36`],
  ['writ on Linux', 'writ-cli/0.1.0 (linux)'],
  ['writ on macOS', 'writ-cli/0.1.0 (darwin)'],
  ['curl', 'curl/8.5.0'],
  [null, 'node'],
  [null, 'something of mine'],
  [null, ''],
])('a session is said to be on %s', (device, header) => {
  expect(deviceOf(keptUserAgent(header))).toBe(device);
});

test('nothing of what a device says of itself is shown, and little of it is kept', () => {
  const made = `Firefox/1 <b>\u202e\u200b\n${'x'.repeat(10_000)} Linux`;
  expect(keptUserAgent(made)?.length).toBeLessThan(301);
  expect(keptUserAgent(made)).toMatch(/^[\x20-\x7e]+$/);
  expect(deviceOf(keptUserAgent(made))).toBe('Firefox');
  expect(keptUserAgent('\u202e')).toBeNull();
  expect(keptUserAgent(undefined)).toBeNull();
});
