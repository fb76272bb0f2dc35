/** A stand-in for the issuers of CI systems: discovery and keys over http on this machine, and tokens with any claims. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';

type Algorithm = 'RS256' | 'ES256' | 'ES384';

/** What a token is to be, besides its claims. */
export interface SignOptions {
  readonly alg?: Algorithm;
  readonly header?: Partial<JWTHeaderParameters>;
}

/** A running issuer. */
export interface ForeignIssuer {
  readonly url: string;
  /** A token with these claims; `iss`, `jti` and times are put in where they are not given. */
  sign(claims: Readonly<Record<string, unknown>>, signing?: SignOptions): Promise<string>;
  /** Replaces every key by a new one of the same kind, under a new kid. */
  rotate(): Promise<void>;
  /** How often each path was asked for. */
  asked(path: string): number;
  /** Answers every question with this status from now on; 200 for as usual. */
  answerWith(status: number): void;
  close(): Promise<void>;
}

/** Starts an issuer on a free port of this machine. */
export async function startForeignIssuer(): Promise<ForeignIssuer> {
  let keys = await makeKeys();
  let status = 200;
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    counts.set(path, (counts.get(path) ?? 0) + 1);
    const url = urlOf(server.address());
    const documents: Readonly<Record<string, object>> = {
      '/.well-known/openid-configuration': { issuer: url, jwks_uri: `${url}/keys` },
      '/keys': { keys: keys.map(({ jwk }) => jwk) },
    };
    const body = documents[path];
    response.writeHead(body === undefined ? 404 : status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = urlOf(server.address());
  return {
    url,
    sign: async (claims, { alg = 'RS256', header = {} } = {}) => {
      const key = keys.find((one) => one.alg === alg);
      if (key === undefined) throw new Error(`no key for ${alg}`);
      const now = Math.floor(Date.now() / 1000);
      const all = { iss: url, iat: now, nbf: now - 600, exp: now + 300, jti: randomUUID(), ...claims };
      return await new SignJWT(all)
        .setProtectedHeader({ alg, kid: key.kid, typ: 'JWT', ...header })
        .sign(key.privateKey);
    },
    rotate: async () => {
      keys = await makeKeys();
    },
    asked: (path) => counts.get(path) ?? 0,
    answerWith: (wanted) => {
      status = wanted;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function urlOf(address: ReturnType<ReturnType<typeof createServer>['address']>): string {
  return `http://127.0.0.1:${(address as AddressInfo).port}`;
}

function makeKeys() {
  return Promise.all(
    (['RS256', 'ES256', 'ES384'] as const).map(async (alg) => {
      const { privateKey, publicKey } = await generateKeyPair(alg, { modulusLength: 2048 });
      const kid = `${alg}-${randomUUID()}`;
      return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
    }),
  );
}
