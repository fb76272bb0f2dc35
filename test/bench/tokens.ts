/** How many access tokens a core mints and verifies a second, beside jose doing the same: without HTTP and database. */
import {
  type AccessTokenClaims,
  createAccessTokenVerifier,
  generateSigningKey,
  mintAccessToken,
  openSigningKey,
} from '@writ/tokens';
import { importJWK, jwtVerify, SignJWT } from 'jose';

/** Operations a second, by what was done. */
export type TokenRates = Readonly<
  Record<'mint' | 'mint_jose' | 'verify' | 'verify_jose' | 'verify_remembered', number>
>;

const issuer = 'http://localhost:8700';
const audience = [`${issuer}/gateway`];

/** Measures each kind of work for about `milliseconds`, after warming it up. */
export async function measureTokens(milliseconds: number): Promise<TokenRates> {
  const pair = await generateSigningKey();
  const key = await openSigningKey(pair);
  const publicKey = await importJWK(pair.public_jwk, 'ES256');
  const record = { kid: pair.kid, state: 'active' as const, public_jwk: pair.public_jwk };
  const now = (): number => 1_800_000_000_000;
  const verifierOf = (cacheBytes: number) =>
    createAccessTokenVerifier({ issuer, keys: (kid) => (kid === pair.kid ? record : undefined), now, cacheBytes });
  const [cold, warm] = [verifierOf(0), verifierOf(10_000_000)];
  const tokens = Array.from({ length: 500 }, (_, index) => mintAccessToken(claims(index), key));
  const next = (index: number): string => tokens[index % tokens.length] ?? '';
  const header = { typ: 'at+jwt', alg: 'ES256', kid: pair.kid };
  const options = { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'], currentDate: new Date(now()) };
  return {
    mint: await rateOf((index) => mintAccessToken(claims(index), key), milliseconds),
    mint_jose: await rateOf(
      (index) => new SignJWT(claims(index)).setProtectedHeader(header).sign(key.privateKey),
      milliseconds,
    ),
    verify: await rateOf((index) => cold.verify(next(index), { audience }), milliseconds),
    verify_jose: await rateOf((index) => jwtVerify(next(index), publicKey, options), milliseconds),
    verify_remembered: await rateOf((index) => warm.verify(next(index), { audience }), milliseconds),
  };
}

function claims(index: number): AccessTokenClaims {
  return {
    iss: issuer,
    sub: 'agent-1',
    aud: `${issuer}/gateway`,
    client_id: 'agent-1',
    iat: 1_800_000_000,
    nbf: 1_800_000_000,
    exp: 1_800_000_900,
    jti: `tok_${index}`,
    task_id: 'tsk_1',
    authorization_details: [
      {
        type: 'provider_operations',
        connection: 'railway',
        environments: ['staging'],
        operations: ['*:read', 'customDomain*'],
      },
    ],
  };
}

/** One after the other, so that one core is measured. */
async function rateOf(work: (index: number) => unknown, milliseconds: number): Promise<number> {
  for (let index = 0; index < 500; index += 1) await work(index);
  const started = performance.now();
  let done = 0;
  while (performance.now() - started < milliseconds) {
    for (let batch = 0; batch < 50; batch += 1) await work(done + batch);
    done += 50;
  }
  return Math.round(done / ((performance.now() - started) / 1000));
}
