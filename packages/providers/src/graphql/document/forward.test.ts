import { describe, expect, test } from 'vitest';
import { classify, engine, post } from '../../../../../test/support/graphql/classify.ts';
import type { GraphqlClassified } from '../classify.ts';

const text = ({ forward }: GraphqlClassified): string => new TextDecoder().decode(forward.body);

const DOCUMENTS: readonly [string, Parameters<typeof classify>[1]?][] = [
  ['{ environment(id: "e") { id } }'],
  ['query A { ...F } query B { __typename } fragment F on Query { hits { __typename } }', { operationName: 'A' }],
  ['mutation M($v: String!) { a: volumeDelete(volumeId: $v) @skip(if: true) }', { variables: { v: 'é\n"' } }],
  ['mutation { volumeDelete(volumeId: """\n  a "quoted" \\""" \\n\n    b\n""") }'],
  ['query ($v: Float = 1.5e3) { limit(of: $v, many: [1, -2]) }', { variables: { v: null } }],
  ['mutation { settingsPatch(patch: {a: [true, null, x, "\\u00e9\\u{1F600}", 1.0]}) }'],
  ['{ node(id: "n") { ... on Volume { secret } ...G } } fragment G on Node { id ...H } fragment H on Project { name }'],
];

describe('what is forwarded is what was judged', () => {
  test.each(DOCUMENTS)('judged again, it gives the same operations and the same bytes: %s', (query, members) => {
    const first = classify(query, members);
    const second = engine.classify({ request: first.forward }, new Map());
    expect(second.operations).toEqual(first.operations);
    expect(text(second)).toBe(text(first));
  });

  test('nothing of the document that was not chosen is sent', () => {
    const query = `# note\nquery A { __typename } mutation B { volumeDelete(volumeId: "v") ...F } fragment F on Mutation { ping }`;
    const body = text(classify(query, { operationName: 'A' }));
    expect(body).toBe('{"operationName":"A","query":"query A { __typename }","variables":{}}');
  });

  test('variables go as given: omitted, null and defaults stay what they were', () => {
    const query =
      'query ($a: Float = 2, $b: Float, $c: Int) { limit(of: $a, many: [1]) x: limit(of: $b) y: limit(many: [$c]) }';
    const fixed = query.replace('$c: Int', '$c: Int!');
    const body: unknown = JSON.parse(text(classify(fixed, { variables: { c: 1, b: null } })));
    expect(body).toHaveProperty('variables', { b: null, c: 1 });
  });

  test('as one POST of plain JSON, the other headers untouched', () => {
    const headers = { 'content-type': 'application/json;charset=UTF-8', 'x-meaningful': '1' };
    const request = post(' {"query" : "{ __typename }", "extensions":{} } ', { headers });
    const { forward } = engine.classify({ request }, new Map());
    expect({ ...forward, body: undefined }).toEqual({
      method: 'POST',
      path: '/graphql',
      query: '',
      headers: { 'content-type': 'application/json', 'x-meaningful': '1' },
      body: undefined,
    });
  });

  test('the same document with other variables is judged anew', () => {
    const query = 'mutation ($c: Boolean) { settingsPatch(patch: 1, commit: $c) }';
    const effects = [true, false, true].map((c) => classify(query, { variables: { c } }).operations[0]?.effect);
    expect(effects).toEqual(['destroy', 'write', 'destroy']);
  });

  test('what is kept of a document cannot be changed through a call that sent it', () => {
    const query =
      'mutation ($d: JSON = {x: {y: 1}}) { settingsPatch(patch: {a: {b: [1]}}) b: settingsPatch(patch: $d) }';
    for (const { arguments: values } of classify(query).operations) {
      expect(Object.isFrozen(values['patch'])).toBe(true);
      expect(Object.values(values['patch'] ?? {}).every(Object.isFrozen)).toBe(true);
    }
  });

  test('an override given or taken away acts on a document that was judged before', () => {
    expect(classify('mutation { ping }').operations[0]?.effect).toBe('write');
    const overrides = new Map([['ping', 'escalate'] as const]);
    expect(classify('mutation { ping }', { overrides }).operations[0]?.effect).toBe('escalate');
    expect(classify('mutation { ping }').operations[0]?.effect).toBe('write');
    expect(
      classify('{ unreviewed }', { overrides: new Map([['unreviewed', 'read'] as const]) }).operations,
    ).toHaveLength(1);
    expect(() => classify('{ unreviewed }')).toThrow('not in the catalog');
  });
});
