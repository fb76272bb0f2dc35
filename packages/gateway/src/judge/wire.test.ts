/** The parts of HTTP that a provider accepts beyond the usual ones: they have one spelling, and everything else is still refused. */
import { describe, expect, test } from 'vitest';
import { plainProvider } from '../../test/plain-provider.ts';
import { HeaderTable } from '../take/header-table.ts';
import { canonicalHead, canonicalise } from './canonicalise.ts';

const head = (target: string, wire: typeof plainProvider.wire, headers: readonly string[] = []) =>
  canonicalHead({ method: 'POST', target, headers: new HeaderTable([...headers]) }, { ...plainProvider, wire });
const refusal = expect.objectContaining({ code: 'request_not_canonical' });

describe('an encoded slash', () => {
  test('is refused, unless the provider reads it as part of its segment', () => {
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
  ])('makes no other path acceptable: %s', (_what, path) => {
    expect(() => head(path, { encoded_slash: true })).toThrow(refusal);
  });
});

describe('query parameters', () => {
  test.each([
    ['', ''],
    ['a', 'a'],
    ['a=', 'a='],
    ['a=b=c&d', 'a=b=c&d'],
    ['a=%7e%2d&%61b=%c3%a4', 'a=~-&ab=%C3%A4'],
    ['a=%09%0a%0D', 'a=%09%0A%0D'],
    ['a=x+y&b=%2B', 'a=x+y&b=%2B'],
    ['access_tokens=x&A=1&a=1', 'access_tokens=x&A=1&a=1'],
  ])('that have one reading are brought into one spelling: %j', (given, spelled) => {
    expect(head(`/x?${given}`, {}).query).toBe(spelled);
  });

  test.each([
    ...['a=1;b=2', 'a="b"', 'a=%', 'a=%4', 'a=%4g', 'a=%g4', 'a=%FF', '%C3=a', 'a=%00', 'a=%1F', 'a=%7F', 'a=%C2%85'],
    ...['&', '&a', 'a&', 'a&&b', '=', '=1', 'a&a', 'a=1&%61=2', 'a+b=1&a%20b=2', '%2B=1&%2B=1'],
    ...['access_token', 'access_token=x', '%61ccess_token=x', 'a?b=\u00e4', 'a=b#c', 'a=\\'],
  ])('that have a second reading are refused: %s', (query) => {
    expect(() => head(`/x?${query}`, {})).toThrow(refusal);
  });

  test('have no raw brackets and come once, unless the provider takes them', () => {
    for (const query of ['expand[]=a', 'expand%5B%5D=a&expand%5B%5D=b', 'id=1&id=2'])
      expect(() => head(`/x?${query}`, {})).toThrow(refusal);
  });

  test('with brackets are spelled in one way, raw or encoded', () => {
    for (const query of ['expand[]=a&price[gte]=1', 'expand%5B%5D=a&price%5Bgte%5D=1', 'expand%5b]=a&price[gte%5d=1'])
      expect(head(`/x?${query}`, { brackets: 'once' }).query).toBe('expand%5B%5D=a&price%5Bgte%5D=1');
  });

  test('may be repeated only under names for which the provider allows it, and keep their order', () => {
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

describe('a head', () => {
  test('keeps of its headers those that mean something to the provider, once each and in printable ASCII', () => {
    const lines = ['X-Version', 'a\tb ~', 'X-Trace', '1', 'X-Other', 'é', 'x-other', '2'];
    expect(head('/x', {}, lines).headers).toEqual({ 'x-version': 'a\tb ~', 'x-trace': '1' });
    for (const name of ['X-Version', 'X-Trace', 'Content-Type']) {
      for (const value of ['a/b\x00', 'a/b\x1f', 'a/b\x7f', 'é'])
        expect(() => head('/x', {}, [name, value]), `${name} ${value}`).toThrow(refusal);
      expect(() => head('/x', {}, [name, 'a/b', name.toLowerCase(), 'a/b'])).toThrow(refusal);
    }
  });

  test('has one spelling of its content type', () => {
    const type = (value: string) => head('/x', {}, ['Content-Type', value]).headers['content-type'];
    expect(type('Application/JSON')).toBe('application/json');
    expect(type('application/json;charset="UTF-8"')).toBe('application/json; charset=utf-8');
    for (const value of ['application/json; charset=utf-16', 'application/json; a=b', 'json', ''])
      expect(() => type(value)).toThrow(expect.objectContaining({ code: 'request_not_understood' }));
  });

  test('of a method that has no body is refused with one', () => {
    const body = Buffer.from('1');
    for (const method of ['GET', 'HEAD']) {
      const bare = { ...head('/x', {}), method };
      expect(() => canonicalise(bare, body)).toThrow(refusal);
      expect(canonicalise(bare, Buffer.alloc(0)).request).toMatchObject({ method, path: '/x' });
    }
    expect(canonicalise(head('/x', {}), body).request).toMatchObject({ method: 'POST', body });
  });
});
