/** The `dpop` library makes the proofs: its idea of RFC 9449 is ours. */
import * as dpop from 'dpop';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { basic, readStaging } from '../support/scene.ts';
import { type ConformanceScene, openConformance } from './scene.ts';

let scene: ConformanceScene;
beforeAll(async () => {
  scene = await openConformance();
});
afterAll(() => scene.close());

test.each(['ES256', 'Ed25519', 'RS256', 'PS256'] as const)(
  'a token is bound to a key for %s and used with it',
  async (alg) => {
    const keys = await dpop.generateKeyPair(alg);
    const asked = await scene.send('/oauth/token', {
      method: 'POST',
      headers: {
        authorization: basic(scene.agent),
        dpop: await dpop.generateProof(keys, `${scene.issuer}/oauth/token`, 'POST'),
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token, token_type } = JSON.parse(asked.text) as { access_token: string; token_type: string };
    expect(token_type).toBe('DPoP');
    const [, payload = ''] = access_token.split('.');
    const { cnf } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { cnf: { jkt: string } };
    expect(cnf.jkt).toBe(await dpop.calculateThumbprint(keys.publicKey));

    const url = `${scene.audience}/railway/graphql/v2`;
    const send = (proof: string) =>
      scene.send('/gateway/railway/graphql/v2', {
        method: 'POST',
        headers: { authorization: `DPoP ${access_token}`, dpop: proof, 'content-type': 'application/json' },
        body: JSON.stringify({ query: readStaging() }),
      });
    expect((await send(await dpop.generateProof(keys, url, 'POST', undefined, access_token))).status).toBe(200);
    expect((await send(await dpop.generateProof(keys, url, 'POST'))).status).toBe(401);
  },
);
