/** A client that has a key of its own: makes proofs by RFC 9449's text alone, with nothing of Writ's. */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { type SampleJwt, signEs256 } from '../support/jwt-attacks/index.ts';

/** What a proof is for. */
export interface ProofTarget {
  readonly method: string;
  readonly url: string;
  /** The access token it goes with; none at the token endpoint. */
  readonly token?: string;
}

/** A key pair, and its proofs. */
export interface KeyHolder {
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
  /** The thumbprint of the key (RFC 7638). */
  readonly jkt: string;
  /** A proof; with other claims, or other header members, where a test wants them wrong. */
  proof(proving: ProofTarget, claims?: object, header?: object): string;
  /** The parts of a proof that would be accepted. */
  sample(proving: ProofTarget): SampleJwt;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Makes a P-256 key. */
export function makeHolder(): KeyHolder {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  const jwk = { kty, crv, x, y };
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk };
  const claimsOf = ({ method, url, token }: ProofTarget): Record<string, unknown> => ({
    jti: randomUUID(),
    htm: method,
    htu: url,
    iat: Math.floor(Date.now() / 1000),
    ...(token !== undefined && { ath: sha256(token) }),
  });
  return {
    privateKey,
    jwk,
    jkt: sha256(JSON.stringify({ crv, kty, x, y })),
    proof: (proving, claims = {}, more = {}) =>
      signEs256({ header: { ...header, ...more }, payload: { ...claimsOf(proving), ...claims } }, privateKey),
    sample: (proving) => {
      const iat = Math.floor(Date.now() / 1000);
      const others = { iss: 'agent', sub: 'agent', aud: 'https://writ.example.com', exp: iat + 60 };
      return { header, payload: { ...claimsOf(proving), ...others }, privateKey };
    },
  };
}
