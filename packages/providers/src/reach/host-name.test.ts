import { describe, expect, it } from 'vitest';
import { canonicalHostName, overlap } from './host-name.ts';

describe('host names', () => {
  it.each([
    ['App.Example.COM', 'app.example.com'],
    ['app.example.com.', 'app.example.com'],
    ['*.Example.com', '*.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['ａpp.example', 'app.example'],
    ['app。example', 'app.example'],
    ['_acme.example', '_acme.example'],
  ])('%s is %s', (text, expected) => expect(canonicalHostName(text)).toBe(expected));
  it.each([
    '',
    ' ',
    'a b',
    'a/b',
    'a:80',
    'user@a',
    '%61pp.example',
    '*',
    '*.*.a',
    'a.*.b',
    '[::1]',
    'a..b',
    'a\u0000b',
  ])('%j is none', (text) => expect(canonicalHostName(text)).toBeUndefined());
  it.each([
    ['a.b', 'a.b', true],
    ['*.b', 'a.b', true],
    ['a.b', '*.b', true],
    ['*.b', 'x.a.b', true],
    ['*.a.b', '*.b', true],
    ['*.b', 'b', false],
    ['*.b', 'ab', false],
    ['a.b', 'b', false],
  ])('%s and %s overlap: %s', (a, b, expected) => expect(overlap(a, b)).toBe(expected));
});
