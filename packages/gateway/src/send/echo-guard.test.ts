import { Secret } from '@writ/core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EchoGuard, searcherFor } from './echo-guard.ts';
import { readEscaped, type Step } from './needles.ts';

/** Sends chunks through a guard. Returns the bytes that came out, and whether the answer was cut. */
function pass(secret: string, chunks: readonly Buffer[]): { readonly left: Buffer; readonly cut: boolean } {
  const guard = new EchoGuard(searcherFor(new Secret(secret, 'test')));
  const left: Buffer[] = [];
  for (const chunk of chunks) {
    const passing = guard.push(chunk);
    if (passing === undefined) return { left: Buffer.concat(left), cut: true };
    left.push(...passing);
  }
  left.push(guard.end());
  return { left: Buffer.concat(left), cut: false };
}

/** Cuts data into chunks at the given places. */
function chunked(data: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...[...new Set(cuts.map((cut) => cut % (data.length + 1)))].sort((a, b) => a - b), data.length];
  return places.slice(1).map((end, i) => data.subarray(places[i], end));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/+="\\%';
const secrets = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 12, maxLength: 80 });
const cuts = fc.array(fc.nat(6000), { maxLength: 20 });

const hex2 = (code: number): string => code.toString(16).padStart(2, '0');
const perCharacter = (
  text: string,
  choices: readonly number[],
  write: (character: string, choice: number) => string,
): string => [...text].map((character, i) => write(character, choices[i % choices.length] ?? 0)).join('');

/** Every encoding of a secret that the guard knows. */
const encodings: Readonly<Record<string, (secret: string, choices: readonly number[]) => string>> = {
  raw: (secret) => secret,
  hex: (secret) => Buffer.from(secret).toString('hex'),
  'upper-case hex': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  'base64 inside something longer': (secret, [n = 0]) =>
    Buffer.from(`${'x'.repeat(n % 7)}${secret}${'y'.repeat(n % 5)}`).toString('base64'),
  'base64url inside something longer': (secret, [n = 0]) =>
    Buffer.from(`${'x'.repeat(n % 7)}${secret}${'y'.repeat(n % 5)}`).toString('base64url'),
  'a Basic header': (secret) => `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`,
  encodeURIComponent: (secret) => encodeURIComponent(secret),
  'percent-encoding of some characters': (secret, choices) =>
    perCharacter(secret, choices, (character, choice) => {
      const digits = hex2(character.charCodeAt(0));
      return character === '%' || choice % 3 === 0 ? `%${choice % 2 === 0 ? digits : digits.toUpperCase()}` : character;
    }),
  'JSON escapes of some characters': (secret, choices) =>
    perCharacter(secret, choices, (character, choice) =>
      character === '\\' || choice % 3 === 0 ? `\\u00${hex2(character.charCodeAt(0))}` : character,
    ),
  'a JSON string': (secret) => JSON.stringify(secret),
  'a JSON string with escaped slashes': (secret) => JSON.stringify(secret).replaceAll('/', '\\/'),
  'percent-encoded base64': (secret) => encodeURIComponent(Buffer.from(secret).toString('base64')),
};

describe.each(Object.entries(encodings))('a secret echoed as %s', (_name, encode) => {
  test('is cut off before it leaves, for chunks of any length', async () => {
    await fc.assert(
      fc.property(
        secrets,
        fc.array(fc.nat(100), { minLength: 5, maxLength: 40 }),
        // Short chunks, and such long ones that the guard joins only the bytes around a border.
        fc.oneof(
          fc.string({ maxLength: 60 }),
          fc.nat(4000).map((length) => 'z'.repeat(length)),
        ),
        cuts,
        (secret, choices, around, at) => {
          const echo = encode(secret, choices);
          const prefix = Buffer.from(`${around}|`);
          const data = Buffer.concat([prefix, Buffer.from(echo, 'latin1'), Buffer.from(`|${around}`)]);
          const { left, cut } = pass(secret, chunked(data, at));
          expect(cut).toBe(true);
          expect(data.subarray(0, left.length).equals(left)).toBe(true);
          // The first character of base64 can depend on the byte before the secret too.
          expect(left.length).toBeLessThanOrEqual(prefix.length + leading(echo, secret));
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** Returns how many bytes of an echo may leave: those that are not the secret's own (the words before it, and their base64). */
function leading(echo: string, secret: string): number {
  if (echo.startsWith('Basic ')) return 14;
  return echo.startsWith('"') ? 1 : Buffer.from(echo, 'base64').includes(secret) ? 11 : 0;
}

test('data without the secret passes byte for byte', async () => {
  await fc.assert(
    fc.property(secrets, fc.uint8Array({ maxLength: 6000, size: 'max' }), cuts, (secret, bytes, at) => {
      const data = Buffer.from(bytes);
      const { left, cut } = pass(secret, chunked(data, at));
      expect([cut, left.equals(data)]).toEqual([false, true]);
    }),
  );
});

test('near misses pass byte for byte', async () => {
  await fc.assert(
    fc.property(secrets, fc.nat(), fc.constantFrom(...Object.keys(encodings)), cuts, (secret, at, encoding, places) => {
      // The wrong byte is not at either end: base64 inside a longer text holds only some bits of the bytes there.
      const wrong = 2 + (at % (secret.length - 4));
      const replaced = secret[wrong] === 'X' ? 'Y' : 'X';
      const near = secret.slice(0, wrong) + replaced + secret.slice(wrong + 1);
      const data = Buffer.from(`<${encodings[encoding]?.(near, [1, 2, 3]) ?? ''}>`.repeat(1 + (at % 50)), 'latin1');
      const { left, cut } = pass(secret, chunked(data, places));
      expect([cut, left.equals(data)]).toEqual([false, true]);
    }),
  );
});

const pushed = (guard: EchoGuard, text: string): string | undefined => guard.push(Buffer.from(text))?.join('');

test('only bytes that could begin a secret are held back', () => {
  const guard = new EchoGuard(searcherFor(new Secret('fake-root-0123456789', 'test')));
  expect(pushed(guard, 'data: 1\n\n')).toBe('data: 1\n\n');
  expect(pushed(guard, 'a fake-root-01')).toBe('a ');
  expect(pushed(guard, 'x')).toBe('fake-root-01x');
});

test('a secret is found where one part of it is percent-encoded and another JSON-escaped', () => {
  const echo = Buffer.from('<fake\\u002droot%2D0123\\"56789>');
  for (let at = 0; at <= echo.length; at += 1) {
    const { left, cut } = pass('fake-root-0123"56789', [echo.subarray(0, at), echo.subarray(at)]);
    expect([cut, left.length <= 1], `in two at ${at}`).toEqual([true, true]);
  }
});

test('a short secret is found as it is, and encoded where that has eight characters; of none nothing is found', () => {
  const isCut = (secret: string, text: string) => pass(secret, [Buffer.from(`_${text}_`)]).cut;
  expect([isCut('Q', 'Q'), isCut('QR', 'QR'), isCut('Q', 'q')]).toEqual([true, true, false]);
  expect([isCut('QR.1', '51522e31'), isCut('QR.', '51522e')]).toEqual([true, false]);
  expect(isCut('', 'anything')).toBe(false);
});

test.each<[string, Step]>([
  ['%4a', { byte: 0x4a, next: 3 }],
  ['%0Fx', { byte: 0x0f, next: 3 }],
  ['%4', 'open'],
  ...['%4g', '%G4', '%:4', '%@4', '%/4', '%`4'].map((text): [string, Step] => [text, { byte: 0x25, next: 1 }]),
  ['\\u00ff', { byte: 0xff, next: 6 }],
  ['\\u0100', { byte: 0x5c, next: 1 }],
  ['\\u00f', 'open'],
  ['\\', 'open'],
  ['\\/', { byte: 0x2f, next: 2 }],
  ['\\n', { byte: 0x5c, next: 1 }],
])('an escape is one byte, or no escape: %s', (text, step) => {
  expect(readEscaped(Buffer.from(text), 0, { percent: true, json: true })).toEqual(step);
});

test('headers are searched too', () => {
  const guard = new EchoGuard(searcherFor(new Secret('fake-root-0123456789', 'test')));
  expect(guard.inHeaders({ 'content-type': 'text/plain', link: ['a', 'b'] })).toBe(false);
  expect(guard.inHeaders({ 'x-echo': 'Bearer fake-root-0123456789' })).toBe(true);
  expect(guard.inHeaders({ 'x-echo': ['a', 'fake%2Droot-0123456789'] })).toBe(true);
});
