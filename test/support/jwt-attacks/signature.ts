import { sign } from 'node:crypto';
import { encodePart, type JwtAttack, type SampleJwt, signEs256 } from './jwt.ts';

/** The order of P-256. */
const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';

/** Signatures that a careless verifier takes. */
export function signatureAttacks({ header, payload, privateKey }: SampleJwt): JwtAttack[] {
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
