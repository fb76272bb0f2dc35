import { createHmac, createPublicKey, sign } from 'node:crypto';
import { attacker } from './attacker.ts';
import { encodePart, type JwtAttack, type SampleJwt, signEs256 } from './jwt.ts';

/** Another algorithm than the key is for, or none. */
export function algorithmAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
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
