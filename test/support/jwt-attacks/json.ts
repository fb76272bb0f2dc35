import { type JwtAttack, type Part, type SampleJwt, signEs256, without } from './jwt.ts';

/** JSON that parsers read differently, or should not read. */
export function jsonAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
  const head = JSON.stringify(header);
  const body = JSON.stringify(payload);
  const signed = (parts: { header?: Part; payload?: Part }): string =>
    signEs256({ header: parts.header ?? header, payload: parts.payload ?? payload }, privateKey);
  const first = (text: string, member: string): string => `{${member},${text.slice(1)}`;
  const final = (text: string, member: string): string => `${text.slice(0, -1)},${member}}`;
  const bytes = (from: string, to: readonly number[]): Uint8Array => {
    const text = Buffer.from(final(body, `"note":"${from}"`));
    const at = text.indexOf(from);
    return Buffer.concat([text.subarray(0, at), Buffer.from(to), text.subarray(at + from.length)]);
  };
  const far = 4_102_444_800;
  const proto = JSON.stringify({ exp: payload['exp'], aud: payload['aud'] });
  const texts: Record<string, Part> = {
    'an array': `[${body}]`,
    null: 'null',
    'a text': '"payload"',
    'a number': '1',
    true: 'true',
    'an empty object': '{}',
    blank: ' ',
    'text after it': `${body}x`,
    'two objects': `${body}${body}`,
    'a trailing comma': `${body.slice(0, -1)},}`,
    'a comment': `/**/${body}`,
    NaN: final(body, '"note":NaN'),
    'a duplicate exp, first': first(body, `"exp":${far}`),
    'a duplicate exp, last': final(body, `"exp":${far}`),
    'a duplicate aud': final(body, '"aud":"https://evil.example"'),
    'the same aud twice': final(body, `"aud":${JSON.stringify(payload['aud'])}`),
    'a duplicate behind an escape': final(body, '"\\u0061ud":"https://evil.example"'),
    'a duplicate further in': final(body, '"note":{"a":1,"b":[{"c":1,"c":2}]}'),
    'a duplicate of an unknown member': final(body, '"note":1,"note":1'),
    'a member __proto__': final(body, '"__proto__":{"admin":true}'),
    '__proto__ in place of claims': `${JSON.stringify(without(without(payload, 'exp'), 'aud')).slice(0, -1)},"__proto__":${proto}}`,
    'constructor.prototype in place of claims': `${JSON.stringify(without(payload, 'exp')).slice(0, -1)},"constructor":{"prototype":${proto}}}`,
    'deep nesting': final(body, `"note":${'['.repeat(2000)}${']'.repeat(2000)}`),
    'deep objects': final(body, `"note":${'{"a":'.repeat(600)}1${'}'.repeat(600)}`),
    'very deep nesting': final(body, `"note":${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    'invalid UTF-8': bytes('MARK', [0xff, 0xfe]),
    'overlong UTF-8': bytes('MARK', [0xc0, 0xaf]),
    'a surrogate in UTF-8': bytes('MARK', [0xed, 0xa0, 0x80]),
    'cut UTF-8': bytes('MARK', [0xe2, 0x82]),
    'a byte order mark': Buffer.from(`\ufeff${body}`),
    'UTF-16': Buffer.from(body, 'utf16le'),
  };
  return [
    ...Object.entries(texts).map(([name, part]): JwtAttack => [`payload: ${name}`, signed({ payload: part })]),
    ['header: alg none, then ES256', signed({ header: first(head, '"alg":"none"') })],
    ['header: ES256, then alg none', signed({ header: final(head, '"alg":"none"') })],
    ['header: two kids', signed({ header: final(head, '"kid":"other"') })],
    ['header: the same kid twice', signed({ header: final(head, `"kid":${JSON.stringify(header['kid'])}`) })],
    ['header: alg behind an escape', signed({ header: final(head, '"\\u0061lg":"none"') })],
    ['header: an array', signed({ header: `[${head}]` })],
    ['header: null', signed({ header: 'null' })],
    ['header: an empty object', signed({ header: '{}' })],
    ['header: __proto__', signed({ header: final(head, '"__proto__":{"crit":[]}') })],
    [
      'header: invalid UTF-8',
      signed({ header: Buffer.concat([Buffer.from(head.slice(0, -1)), Buffer.from([0xff, 0x7d])]) }),
    ],
  ];
}
