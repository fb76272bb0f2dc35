import { type JwtAttack, type Part, type SampleJwt, signEs256, without } from './jwt.ts';

/** Claims of wrong types, times and near misses of texts. */
export function claimAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
  const signed = (changed: Part): string => signEs256({ header, payload: changed }, privateKey);
  const one = (claim: string, values: Readonly<Record<string, unknown>>): JwtAttack[] =>
    Object.entries(values).map(([name, value]) => [`${claim}: ${name}`, signed({ ...payload, [claim]: value })]);
  const exp = Number(payload['exp']);
  const raw = (claim: string, text: string): string =>
    signed(`${JSON.stringify(without(payload, claim)).slice(0, -1)},"${claim}":${text}}`);
  const wrongTypes = { 'a text': String(exp), 'an array': [exp], true: true, null: null, 'an object': {} };
  const numbers = { negative: -1, 'a negative fraction': -0.5, '1e308': 1e308, 'past what a number counts': 2 ** 53 };
  return [
    ...['iss', 'sub', 'aud', 'exp', 'jti'].map(
      (claim): JwtAttack => [`${claim}: absent`, signed(without(payload, claim))],
    ),
    ...one('exp', { ...wrongTypes, ...numbers, zero: 0, 'long past': exp - 90_000, milliseconds: exp * 1000 }),
    ['exp: 1e400, which is infinite', raw('exp', '1e400')],
    ['exp: -1e400', raw('exp', '-1e400')],
    ...one('nbf', { ...wrongTypes, ...numbers, 'in the future': exp + 90_000 }),
    ...one('iat', { ...wrongTypes, ...numbers, 'in the future': exp + 90_000 }),
    ...one('iss', textTraps(String(payload['iss']))),
    ...one('sub', { 'a number': 1, null: null, empty: '', 'an array': [payload['sub']] }),
    ...one('aud', { ...textTraps(String(payload['aud'])), ...audienceTraps(String(payload['aud'])) }),
    ...one('jti', { 'a number': 1, null: null, empty: '', 'an array': [payload['jti']], 'too long': 'j'.repeat(400) }),
  ];
}

function textTraps(value: string): Record<string, unknown> {
  return {
    'with a slash more': `${value}/`,
    'with userinfo': value.includes('://') ? value.replace('://', '://evil@') : `evil@${value}`,
    'in upper case': value.toUpperCase(),
    'cut by one': value.slice(0, -1),
    'with a letter more': `${value}x`,
    'with a space more': `${value} `,
    'with a newline more': `${value}\n`,
    'with NUL': `${value}\0.evil.example`,
    'with a Cyrillic letter': value.replace(/[aeo]/, '\u0430'),
    'with a query': `${value}?`,
    'with a fragment': `${value}#`,
    'of another': 'https://evil.example',
    'a number': 1,
    null: null,
    empty: '',
    'an object': { value },
  };
}

function audienceTraps(value: string): Record<string, unknown> {
  return {
    'an empty array': [],
    'an array with one more': [value, 'https://evil.example'],
    'an array with one before': ['https://evil.example', value],
    'the same twice': [value, value],
    'an array in an array': [[value]],
    'an array with null': [null],
  };
}
