/** What an approver sees of a request: no secret value in any form, and everything else. */
import { canonicalJson, type JsonObject, type JsonValue, type ResolvedOperation } from '@writ/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HiddenValues, shownArguments, shownHeaders } from './secrets.ts';

const operation = (values: JsonObject, secret_arguments: readonly string[] = ['value']): ResolvedOperation => ({
  ...{ name: 'variableUpsert', effect: 'write', base_effect: 'write', arguments: values, secret_arguments },
  ...{ targets: [], containers: [], environments: [] },
});
const hiding = (...secrets: JsonValue[]) => new HiddenValues(secrets.map((value) => operation({ value })));
const bodyOf = (query: string, variables: JsonObject = {}) => Buffer.from(canonicalJson({ query, variables }));
/** A document as Writ writes it: each string as JSON has it. */
const inline = (value: JsonValue) => `mutation { variableUpsert(name: "PIN", value: ${JSON.stringify(value)}) { ok } }`;
const mark = (secret: string) => `[secret, ${Buffer.byteLength(secret)} bytes]`;
const WHOLE = /^\[secret, \d+ bytes\]$/;

const SECRETS = {
  plain: 'fake-secret-value',
  quotes: 'fake "quoted" \\ back',
  lines: '-----BEGIN FAKE-----\nabc\tdef\r\n-----END FAKE-----',
  'control characters': 'fake\u0001\u001f\u007f\u0080\u009fvalue',
  'line separators': 'fake\u2028\u2029value',
  'a document': '{ me { id } }',
  JSON: '{"password":"fake-password"}',
  'letters outside of ASCII': 'fäke-🔑-geheim',
  'dollar patterns': "fake$&$1$'value",
  'one character': 'x',
  digit: '7',
  'the word true': 'true',
  'a mark': 'secret',
} as const;

describe.each(Object.entries(SECRETS))('a secret of the kind: %s', (_, secret) => {
  test('is hidden in variables and in literals, however often it stands there, in lists and objects too', () => {
    const variables = { a: secret, rows: [{ deep: [secret] }, [secret]], name: 'LOG' };
    const document = 'mutation($a: String!) { variableUpsert(name: "LOG", value: $a) }';
    expect(JSON.parse(hiding(secret).body(bodyOf(document, variables)))).toEqual({
      query: document,
      variables: { a: mark(secret), rows: [{ deep: [mark(secret)] }, [mark(secret)]], name: 'LOG' },
    });
    expect(JSON.parse(hiding(secret).body(bodyOf(inline(secret)))).query).toBe(inline(mark(secret)));
  });

  test.each<[string, (secret: string) => Buffer]>([
    ['a member’s name', (value) => bodyOf('{ me }', { [value]: 1 })],
    ['a longer text', (value) => bodyOf('{ me }', { text: `it is ${value} !` })],
    ['a longer literal', (value) => bodyOf(inline(`it is ${value} !`))],
    ['JSON in JSON, with more around it', (value) => bodyOf('{ me }', { text: JSON.stringify([`it is ${value} !`]) })],
    ['what is no JSON', (value) => Buffer.from(`value=${value}`)],
  ])('is hidden, or else the whole body, where it stands in %s', (_where, body) => {
    const shown = hiding(secret).body(body(secret));
    if (!WHOLE.test(shown))
      expect([shown.includes(mark(secret)), shown.includes(`is ${secret}`)]).toEqual([true, false]);
  });

  test('hides a query and a header that hold it, also as a URL escapes it', () => {
    for (const text of [`a=${secret}`, `a=${encodeURIComponent(secret)}`]) {
      expect(hiding(secret).text(text)).toBe(mark(text));
    }
    const request = { method: 'POST', path: '/', query: '', body: Buffer.from(''), headers: { note: `= ${secret}` } };
    expect(shownHeaders(request, hiding(secret))).toEqual({ note: mark(`= ${secret}`) });
  });

  test('is hidden among the arguments at its path, at another, and under a name that holds it', () => {
    const values = { value: secret, name: secret, [`it is ${secret}`]: 1, id: 'v_prod' };
    const shown = shownArguments(operation({ input: values, id: 'v_prod' }, ['input.value']), hiding(secret));
    const { [`it is ${secret}`]: _one, ...rest } = values;
    expect(shown).toMatchObject({ input: expect.stringMatching(WHOLE), id: 'v_prod' });
    const plain = shownArguments(operation({ input: rest }, ['input.value']), hiding(secret));
    expect(plain).toEqual({ input: { value: mark(secret), name: mark(secret), id: 'v_prod' } });
  });
});

test.each<[JsonValue, string, JsonObject, string, JsonObject]>([
  [12, 'm(a: 12, b: 123)', { a: 12, b: '12' }, 'm(a: "[secret, 2 bytes]", b: 123)', { a: mark('12'), b: mark('12') }],
  [true, 'm(a: true)', { a: true, b: false }, 'm(a: "[secret, 4 bytes]")', { a: mark('true'), b: false }],
  [1200, 'm(a: 1.2e3)', { a: 1200 }, 'm(a: "[secret, 5 bytes]")', { a: mark('1200') }],
  [['ab', { c: 5 }], 'm(a: ["ab", {c: 5}])', {}, `m(a: ["${mark('ab')}", {c: "${mark('5')}"}])`, {}],
])('the secret %j is hidden in %s', (secret, query, variables, shown, left) => {
  expect(JSON.parse(hiding(secret).body(bodyOf(query, variables)))).toEqual({ query: shown, variables: left });
});

test('JSON that spells a secret with other escapes than Writ would is hidden', () => {
  const spelled = '["\\u0066ake-secret\\u002dvalue", {"\\u0066ake-secret-value\\/x": 1}]';
  expect(hiding(SECRETS.plain).body(bodyOf('{ me }', { a: spelled }))).toMatch(WHOLE);
  const body = Buffer.from('{"value":"\\u0066ake-secret\\u002dvalue","n":1.50}');
  expect(hiding(SECRETS.plain).body(body)).toBe(`{"value":"${mark(SECRETS.plain)}","n":1.50}`);
});

test('an enum literal that is secret hides the whole, and so does a name that is the same', () => {
  expect(hiding('PRIVATE').body(bodyOf('mutation { m(a: PRIVATE) }'))).toMatch(WHOLE);
  expect(hiding('id').body(bodyOf('mutation { m(a: "id") { id } }'))).toMatch(WHOLE);
});

test('a short secret inside of words hides nothing else', () => {
  const query = inline('e');
  expect(JSON.parse(hiding('e').body(bodyOf(query))).query).toBe(inline(mark('e')));
});

test('without a secret every byte is shown', () => {
  const body = bodyOf(inline('shown'), { a: [1, true, null] });
  expect(hiding('', null, [], {}).body(body)).toBe(body.toString());
});

test('a body of quotes and escapes, and one with thousands of secrets, take no long time', () => {
  const text = '\\"'.repeat(100_000);
  expect(hiding(SECRETS.plain).body(bodyOf('{ me }', { text }))).toContain('me');
  const many = Array.from({ length: 2000 }, (_, n) => `fake-secret-${n}`);
  expect(hiding(many).body(bodyOf('{ me }', { many, text }))).toMatch(WHOLE);
});

test('no random secret can be read in what is shown, in any form', () => {
  const secrets = fc
    .string({ unit: 'binary', minLength: 4, maxLength: 40 })
    .filter((text) => !/^[ecrtbyst\s,\d[\]]*$/.test(text));
  const places = fc.array(fc.constantFrom('variable', 'literal', 'name', 'text', 'nested'), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(secrets, places, (secret, where) => {
      const has = (place: string) => where.includes(place as (typeof where)[number]);
      const body = bodyOf(has('literal') ? inline(secret) : '{ me }', {
        ...(has('variable') && { a: secret }),
        ...(has('name') && { [secret]: 1 }),
        ...(has('text') && { b: `${secret}${secret}` }),
        ...(has('nested') && { c: JSON.stringify({ d: [secret] }) }),
      });
      const shown = hiding(secret).body(body);
      const once = JSON.stringify(secret).slice(1, -1);
      const twice = JSON.stringify(once).slice(1, -1);
      for (const form of [secret, once, twice, JSON.stringify(twice).slice(1, -1)]) {
        if (form.length >= 4) expect(shown).not.toContain(form);
      }
      if (!has('name') && !has('text') && !WHOLE.test(shown)) expect(() => JSON.parse(shown)).not.toThrow();
    }),
    { numRuns: 100 },
  );
});
