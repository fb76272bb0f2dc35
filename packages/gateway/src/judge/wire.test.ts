/** What of HTTP a provider lets in beyond the usual: everything else stays refused, and what is let in has one spelling. */
import { describe, expect, test } from 'vitest';
import { plainProvider } from '../../test/plain-provider.ts';
import { HeaderTable } from '../take/header-table.ts';
import { canonicalHead } from './canonicalise.ts';

const head = (target: string, wire: typeof plainProvider.wire, headers: readonly string[] = []) =>
  canonicalHead({ method: 'POST', target, headers: new HeaderTable([...headers]) }, { ...plainProvider, wire });
const refusal = expect.objectContaining({ code: 'request_not_canonical' });

describe('an encoded slash', () => {
  test('is refused, unless the provider reads it as a part of its segment', () => {
    expect(() => head('/projects/a%2Fb/jobs', {})).toThrow(refusal);
    expect(head('/projects/a%2Fb/jobs', { encoded_slash: true }).path).toBe('/projects/a%2Fb/jobs');
  });

  test.each([
    ['a dot segment between slashes that are decoded', '/projects/a%2F..%2Fb'],
    ['a dot segment at the end', '/projects/a%2F..'],
    ['a dot segment at the beginning', '/projects/..%2Fb'],
    ['an empty segment', '/projects/a%2F%2Fb'],
    ['an empty segment beside a slash', '/projects/%2Fb'],
    ['lower-case digits', '/projects/a%2fb'],
    ['a slash that is encoded twice', '/projects/a%252Fb'],
    ['another delimiter', '/projects/a%5Cb'],
  ])('lets in no other path with it: %s', (_what, path) => {
    expect(() => head(path, { encoded_slash: true })).toThrow(refusal);
  });
});

describe('query parameters', () => {
  test('have no raw brackets and come once, unless the provider takes them', () => {
    for (const query of ['expand[]=a', 'expand%5B%5D=a&expand%5B%5D=b', 'id=1&id=2'])
      expect(() => head(`/x?${query}`, {})).toThrow(refusal);
  });

  test('with brackets are spelled in one way, raw or encoded', () => {
    for (const query of ['expand[]=a&price[gte]=1', 'expand%5B%5D=a&price%5Bgte%5D=1', 'expand%5b]=a&price[gte%5d=1'])
      expect(head(`/x?${query}`, { brackets: 'once' }).query).toBe('expand%5B%5D=a&price%5Bgte%5D=1');
  });

  test('may be repeated only by the names that the provider repeats, in the order they came', () => {
    const repeated = { brackets: 'repeated' } as const;
    expect(head('/x?expand[]=b&expand[]=a', repeated).query).toBe('expand%5B%5D=b&expand%5B%5D=a');
    for (const query of ['id=1&id=2', 'a[b]=1&a[b]=2', 'access_token[]=x&access_token=y'])
      expect(() => head(`/x?${query}`, repeated)).toThrow(refusal);
    expect(() => head('/x?expand[]=a&expand[]=b', { brackets: 'once' })).toThrow(refusal);
    const named = { repeated_parameters: new Set(['id']) };
    expect(head('/x?id=1&id=2', named).query).toBe('id=1&id=2');
    expect(() => head('/x?id=1&id=2&to=1&to=2', named)).toThrow(refusal);
  });
});

describe('a multipart body', () => {
  const type = (value: string, wire: typeof plainProvider.wire) =>
    head('/x', wire, ['Content-Type', value]).headers['content-type'];

  test('is refused, unless the provider takes it', () => {
    expect(() => type('multipart/form-data; boundary=x', {})).toThrow(
      expect.objectContaining({ code: 'request_not_understood' }),
    );
    expect(type('Multipart/Form-Data;boundary=----a1', { multipart: true })).toBe(
      'multipart/form-data; boundary=----a1',
    );
  });

  test.each([
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary="a b"',
    'multipart/form-data; boundary=a; boundary=b',
    'multipart/form-data; charset=utf-8; boundary=a',
    `multipart/form-data; boundary=${'a'.repeat(71)}`,
    'multipart/mixed; boundary=a',
  ])('has one plain boundary: %s', (value) => {
    expect(() => type(value, { multipart: true })).toThrow(expect.objectContaining({ code: 'request_not_understood' }));
  });
});
