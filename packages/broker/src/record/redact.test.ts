import { createHmac, createSecretKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hideArguments, redactArguments } from './redact.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const redact = (values: Parameters<typeof redactArguments>[0], ...paths: string[]) =>
  redactArguments(values, { paths, key });

describe('arguments in the log', () => {
  test('a secret becomes its keyed digest and length, everything else stays', () => {
    const redacted = redact({ input: { name: 'A', value: 'fake secret' } }, 'input.value');
    expect(redacted).toMatchObject({ input: { name: 'A', value: { length: 11 } } });
    expect(JSON.stringify(redacted)).not.toContain('fake secret');
    const other = redactArguments(
      { input: { value: 'fake secret' } },
      { paths: ['input.value'], key: createSecretKey(Buffer.alloc(32, 8)) },
    );
    expect(JSON.stringify(other)).not.toBe(JSON.stringify(redacted));
  });

  test.each([
    ['each element of a list', { list: [{ v: 'fake-1' }, { v: 'fake-2' }] }, 'list[].v'],
    ['the list itself', { list: ['fake-1', 'fake-2'] }, 'list'],
    ['an object', { list: { a: 'fake-1' } }, 'list'],
    ['the elements where there is no list', { list: { v: 'fake-1' } }, 'list[].v'],
    ['a member', { list: { v: 'fake-1' } }, 'list.v'],
    ['what lies in a list that the path does not name', { list: [{ v: 'fake-1' }, { v: 'fake-2' }] }, 'list.v'],
    ['lists in lists', { list: [[{ v: 'fake-1' }], [{ v: 'fake-2' }]] }, 'list[][].v'],
    ['lists in lists of which the path names one', { list: [[{ v: 'fake-1' }]] }, 'list[].v'],
  ])('%s is hidden', (_what, values, path) => {
    expect(JSON.stringify(redact(values, path))).not.toContain('fake');
    expect(JSON.stringify(hideArguments(values, [path]))).not.toContain('fake');
  });

  test('a secret that can be read elsewhere is hidden there too: in a text, and in the name of a member', () => {
    const values = { input: { name: 'A_fake-1', value: 'fake-1', of: { 'x fake-1': 'b' }, kept: 'c' } };
    const hides = (text: string) => text.includes('fake-1');
    const redacted = redactArguments(values, { paths: ['input.value'], key, hides });
    expect(JSON.stringify(redacted)).not.toContain('fake');
    expect(redacted).toMatchObject({ input: { name: { length: 8 }, value: { length: 6 }, kept: 'c' } });
  });

  test('paths that lead nowhere, and null, stay as they are', () => {
    expect(redact({ a: null, b: 1 }, 'a', 'c.d', 'b.e')).toEqual({ a: null, b: 1 });
    expect(hideArguments({ a: null, b: 1, list: ['x'] }, ['a', 'c.d', 'b.e'])).toEqual({ a: null, b: 1, list: ['x'] });
  });

  test('a digest is keyed SHA-256 in hex, the same wherever the value stands', () => {
    const [one, list] = ['fake secret', ['fake', 'secret']];
    const { a, b, c, d } = redact({ a: one, b: one, c: list, d: list }, 'a', 'b', 'c', 'd');
    expect(a).toEqual({ secret: createHmac('sha256', key).update(one).digest('hex'), length: 11 });
    expect(b).toEqual(a);
    expect(c).toEqual({ secret: createHmac('sha256', key).update('["fake","secret"]').digest('hex'), length: 17 });
    expect(d).toEqual(c);
  });

  test('for a person who asks, a secret is said to be one', () => {
    expect(hideArguments({ input: { value: 'fake secret', name: 'A' } }, ['input.value'])).toEqual({
      input: { value: '[secret]', name: 'A' },
    });
  });

  test('texts are made inert, names too', () => {
    expect(redact({ list: ['b\u0000', 1] })).toEqual({ list: ['b\\u{0}', 1] });
    expect(JSON.stringify(redact({ 'a\u202e': 'b\u0000\u200b' }))).toBe('{"a\\\\u{202e}":"b\\\\u{0}\\\\u{200b}"}');
  });
});
