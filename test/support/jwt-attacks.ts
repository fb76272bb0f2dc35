/**
 * The JWT attacks every verifier must refuse, made from one JWT that it accepts: signed with ES256, so that only the attack is
 * wrong. Used on Writ's verifiers, and on a running broker.
 */
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A JWT that is accepted, and the key that signs it. */
export interface SampleJwt {
  readonly header: Readonly<Record<string, unknown>>;
  /** Holds `iss`, `sub`, `aud` (a text), `exp`, `iat` and `jti`. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly privateKey: KeyObject;
}

/** A named JWT that must be refused. */
export type JwtAttack = readonly [name: string, token: string];

type Json = Readonly<Record<string, unknown>>;
type Part = Json | string | Uint8Array;

/** Encodes a part of a JWT: text and bytes as they are, anything else as JSON. */
export function encodePart(part: Part): string {
  if (part instanceof Uint8Array) return Buffer.from(part).toString('base64url');
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** Signs header and payload as they are given with ES256, whatever the header says. */
export function signEs256(parts: { readonly header: Part; readonly payload: Part }, key: KeyObject): string {
  const input = `${encodePart(parts.header)}.${encodePart(parts.payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** Every attack on a sample. */
export function jwtAttacks(sample: SampleJwt): JwtAttack[] {
  return [
    ...algorithmAttacks(sample),
    ...signatureAttacks(sample),
    ...headerAttacks(sample),
    ...structureAttacks(sample),
    ...encodingAttacks(sample),
    ...jsonAttacks(sample),
    ...claimAttacks(sample),
  ];
}

const without = (object: Json, name: string): Json =>
  Object.fromEntries(Object.entries(object).filter(([member]) => member !== name));

function attacker() {
  return {
    ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    ed25519: generateKeyPairSync('ed25519'),
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  };
}

function algorithmAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
  const evil = attacker();
  const good = signEs256({ header, payload }, privateKey);
  const signature = good.slice(good.lastIndexOf('.') + 1);
  const input = (alg: unknown): string => `${encodePart({ ...header, alg })}.${encodePart(payload)}`;
  const signed = (alg: string, make: (input: Buffer) => Buffer): string =>
    `${input(alg)}.${make(Buffer.from(input(alg))).toString('base64url')}`;
  const pub = createPublicKey(privateKey);
  const texts: Record<string, string | Buffer> = {
    PEM: pub.export({ format: 'pem', type: 'spki' }),
    DER: pub.export({ format: 'der', type: 'spki' }),
    'JWK text': JSON.stringify(pub.export({ format: 'jwk' })),
    'empty key': '',
  };
  return [
    ...['none', 'None', 'NONE', 'nOnE'].flatMap((alg): JwtAttack[] => [
      [`alg ${alg} with an empty signature`, `${input(alg)}.`],
      [`alg ${alg} with a real signature`, signEs256({ header: { ...header, alg }, payload }, privateKey)],
    ]),
    ...[
      undefined,
      null,
      '',
      256,
      ['ES256'],
      { alg: 'ES256' },
      'es256',
      ' ES256',
      'ES256\n',
      'ES384',
      'HS256',
      'toString',
    ].map(
      (alg): JwtAttack => [
        `alg ${JSON.stringify(alg)} with a real signature`,
        signEs256({ header: { ...header, alg }, payload }, privateKey),
      ],
    ),
    ...Object.entries(texts).map(
      ([name, key]): JwtAttack => [
        `HS256 with the public key's ${name} as the secret`,
        signed('HS256', (data) => createHmac('sha256', key).update(data).digest()),
      ],
    ),
    ['RS256 with an ES256 signature', `${input('RS256')}.${signature}`],
    ['ES256 with an RS256 signature', signed('ES256', (data) => sign('sha256', data, evil.rsa.privateKey))],
    ['RS256 by a foreign key', signed('RS256', (data) => sign('sha256', data, evil.rsa.privateKey))],
    ['EdDSA by a foreign key', signed('EdDSA', (data) => sign(null, data, evil.ed25519.privateKey))],
    ['Ed25519 by a foreign key', signed('Ed25519', (data) => sign(null, data, evil.ed25519.privateKey))],
    ['ES256 by a foreign key under the real kid', signEs256({ header, payload }, evil.ec.privateKey)],
    ['ES256 with a P-384 key', signEs256({ header, payload }, evil.p384.privateKey)],
    ['ES384 with a P-384 key', signEs256({ header: { ...header, alg: 'ES384' }, payload }, evil.p384.privateKey)],
  ];
}

/** The order of P-256. */
const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';

function signatureAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  const raw = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const der = sign('sha256', Buffer.from(input), privateKey);
  const order = Buffer.from(ORDER, 'hex');
  const other = signEs256({ header, payload: { ...payload, jti: 'another' } }, privateKey);
  const flipped = Buffer.from(raw);
  flipped[10] = (flipped[10] ?? 0) ^ 1;
  const signatures: Record<string, Buffer> = {
    'of no bytes (CVE-2020-28042)': Buffer.alloc(0),
    'of zeros (CVE-2022-21449)': Buffer.alloc(64),
    'of r and s equal to the order': Buffer.concat([order, order]),
    'of r = 1, s = 0': Buffer.concat([Buffer.alloc(31), Buffer.from([1]), Buffer.alloc(32)]),
    'of 0xff': Buffer.alloc(64, 0xff),
    'in DER': der,
    'cut by one byte': raw.subarray(0, 63),
    'with a byte more': Buffer.concat([raw, Buffer.alloc(1)]),
    'with a zero in front': Buffer.concat([Buffer.alloc(1), raw]),
    'with one bit flipped': flipped,
    'of one byte': Buffer.from([0]),
    'of DER zeros': Buffer.from('3006020100020100', 'hex'),
  };
  return [
    ...Object.entries(signatures).map(
      ([name, bytes]): JwtAttack => [`a signature ${name}`, `${input}.${bytes.toString('base64url')}`],
    ),
    ['the signature of another payload', `${input}${other.slice(other.lastIndexOf('.'))}`],
  ];
}

function headerAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
  const { ec } = attacker();
  const jwk = ec.publicKey.export({ format: 'jwk' });
  const by = (key: KeyObject, members: Json): string => signEs256({ header: { ...header, ...members }, payload }, key);
  const x5c = [ec.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')];
  const bringing: Record<string, Json> = {
    'jwk (CVE-2018-0114)': { jwk },
    'jwk without kid': { jwk, kid: undefined },
    jku: { jku: 'https://evil.example/jwks.json' },
    'jku to a metadata address': { jku: 'http://169.254.169.254/latest/meta-data/' },
    x5u: { x5u: 'https://evil.example/cert.pem' },
    x5c: { x5c },
  };
  const kids: Record<string, unknown> = {
    'a path': '../../../../dev/null',
    'an absolute path': '/proc/sys/kernel/randomize_va_space',
    SQL: "x' UNION SELECT 'key' --",
    LDAP: '*)(uid=*))(|(uid=*',
    'a URL': 'https://evil.example/key',
    'a command': 'key|/usr/bin/id',
    'a prototype member': '__proto__',
    'another prototype member': 'constructor',
    'text of 10 kB': 'k'.repeat(10_000),
    empty: '',
    'a number': 0,
    null: null,
    'an array': [header['kid']],
    'an object': { kid: header['kid'] },
    'followed by NUL': `${String(header['kid'])}\0`,
    'followed by a space': `${String(header['kid'])} `,
  };
  const demanding: Record<string, Json> = {
    'crit of an unknown member': { crit: ['exp'], exp: 1 },
    'crit of a missing member': { crit: ['http://example.com/unknown'] },
    'an empty crit': { crit: [] },
    'crit that is no array': { crit: 'b64' },
    'b64 false': { b64: false },
    'b64 false and critical': { b64: false, crit: ['b64'] },
    'b64 true and critical': { b64: true, crit: ['b64'] },
    zip: { zip: 'DEF' },
    'cty JWT': { cty: 'JWT' },
    enc: { enc: 'A128GCM' },
  };
  return [
    ...Object.entries(bringing).flatMap(([name, members]): JwtAttack[] => [
      [`${name}, signed by the key it brings`, by(ec.privateKey, members)],
      [`${name}, signed by the real key`, by(privateKey, { ...members, kid: header['kid'] })],
    ]),
    ...Object.entries(kids).map(([name, kid]): JwtAttack => [`kid: ${name}`, by(privateKey, { kid })]),
    ...Object.entries(demanding).map(([name, members]): JwtAttack => [`header with ${name}`, by(privateKey, members)]),
    ...[
      'JWE',
      'at+JWS',
      'dpop+jwt',
      'secevent+jwt',
      'id_token',
      '',
      ' at+jwt',
      'JWT at+jwt',
      7,
      null,
      ['at+jwt'],
      {},
    ].map((typ): JwtAttack => [`typ ${JSON.stringify(typ)}`, by(privateKey, { typ })]),
  ];
}

function structureAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
  const token = signEs256({ header, payload }, privateKey);
  const [head = '', body = '', signature = ''] = token.split('.');
  const jweHeader = { alg: 'PBES2-HS256+A128KW', enc: 'A128CBC-HS256', p2c: 2_147_483_647, p2s: 'AAAA' };
  return [
    ['nothing', ''],
    ['one segment', head],
    ['two segments', `${head}.${body}`],
    ['an empty header', `.${body}.${signature}`],
    ['an empty payload', `${head}..${signature}`],
    ['two dots', '..'],
    ['three dots', '...'],
    ['four segments', `${token}.${signature}`],
    ['a trailing dot', `${token}.`],
    ['a trailing newline', `${token}\n`],
    ['a trailing CRLF', `${token}\r\n`],
    ['a trailing space', `${token} `],
    ['a leading space', ` ${token}`],
    ['a trailing NUL', `${token}\0`],
    ['a scheme in front', `Bearer ${token}`],
    ['a token twice', `${token},${token}`],
    ['JSON serialisation', JSON.stringify({ protected: head, payload: body, signature })],
    ['a JWE of five segments with a huge p2c', `${encodePart(jweHeader)}.AAAA.AAAA.AAAA.AAAA`],
    ['a JWS whose header is of a JWE', signEs256({ header: { ...header, ...jweHeader }, payload }, privateKey)],
    ['a JWT in a JWT', signEs256({ header, payload: token }, privateKey)],
    ['a payload of 1 MB', signEs256({ header, payload: { ...payload, filler: 'x'.repeat(1_000_000) } }, privateKey)],
    ['a payload just too large', signEs256({ header, payload: { ...payload, filler: 'x'.repeat(6200) } }, privateKey)],
    ['a signature of 1 MB', `${head}.${body}.${'A'.repeat(1_000_000)}`],
    ['a million dots', '.'.repeat(1_000_000)],
  ];
}

function encodingAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
  const token = tokenWithUrlCharacters({ header, payload, privateKey });
  const [head = '', body = '', signature = ''] = token.split('.');
  const padded = (text: string): string => text + '='.repeat((4 - (text.length % 4)) % 4 || 4);
  const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(signature.slice(-1));
  const stray = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.charAt(last ^ 1);
  return [
    ['padding after the header', `${padded(head)}.${body}.${signature}`],
    ['padding after the payload', `${head}.${padded(body)}.${signature}`],
    ['padding after the signature', `${head}.${body}.${padded(signature)}`],
    ['the plain base64 alphabet', `${head}.${body}.${signature.replaceAll('-', '+').replaceAll('_', '/')}`],
    ['stray low bits in the signature', `${head}.${body}.${signature.slice(0, -1)}${stray}`],
    ['a newline in the signature', `${head}.${body}.${signature.slice(0, 40)}\n${signature.slice(40)}`],
    ['a space in the payload', `${head}.${body.slice(0, 8)} ${body.slice(8)}.${signature}`],
    ['a full-width letter', `${head}.${body}.${signature.slice(0, -1)}\uff21`],
    ['a percent escape', `${head}%2e${body}.${signature}`],
    ['a lone character', `${head}.${body}.A`],
  ];
}

/** Signs until the signature holds a character in which the two alphabets differ. */
function tokenWithUrlCharacters(sample: SampleJwt): string {
  const token = signEs256(sample, sample.privateKey);
  return /[-_]/.test(token.slice(token.lastIndexOf('.'))) ? token : tokenWithUrlCharacters(sample);
}

function jsonAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
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

function claimAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
  const signed = (changed: Part): string => signEs256({ header, payload: changed }, privateKey);
  const one = (claim: string, values: Readonly<Record<string, unknown>>): JwtAttack[] =>
    Object.entries(values).map(([name, value]) => [`${claim}: ${name}`, signed({ ...payload, [claim]: value })]);
  const exp = Number(payload['exp']);
  const raw = (claim: string, text: string): string =>
    signed(`${JSON.stringify(without(payload, claim)).slice(0, -1)},"${claim}":${text}}`);
  const wrongTypes = { 'a text': String(exp), 'an array': [exp], true: true, null: null, 'an object': {} };
  const numbers = { 'a fraction': exp - 0.5, negative: -1, '1e308': 1e308, 'past what a number counts': 2 ** 53 };
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
