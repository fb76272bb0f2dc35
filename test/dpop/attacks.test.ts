/** The JWT attacks of every verifier, as proofs of possession, on a running broker. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JwtAttack, jwtAttacks, type SampleJwt, signEs256 } from '../support/jwt-attacks/index.ts';
import { arrived } from '../support/scene.ts';
import type { RawAnswer } from '../support/wire.ts';
import { type BoundScene, GATEWAY, openBoundScene } from './bound-scene.ts';

let scene: BoundScene;
let token: string;
beforeAll(async () => {
  scene = await openBoundScene();
  token = await scene.bound();
});
afterAll(() => scene.close());

/** A proof has no use for these claims, `iat` bounds its life and not `exp`, and its type is no attack. */
const NO_ATTACK = /^((iss|sub|aud): |exp: (absent|milliseconds)|payload: constructor\.prototype|typ "dpop\+jwt")/;
/** White space around a header's value is no part of it: on the wire these are the good proof itself. */
const SAME_ON_THE_WIRE = ['a trailing newline', 'a trailing CRLF', 'a trailing space', 'a leading space'];
/** Its key is the one it brings: a good proof of another key, which only a token that is bound to one tells apart. */
const ANOTHER_KEY = /^jwk .*signed by the key it brings$/;

const attacksOn = (sample: SampleJwt): JwtAttack[] =>
  jwtAttacks(sample).filter(([name]) => !NO_ATTACK.test(name) && !SAME_ON_THE_WIRE.includes(name));

async function expectRefused(
  attacks: readonly JwtAttack[],
  send: (proof: string) => Promise<RawAnswer>,
): Promise<void> {
  expect(attacks.length).toBeGreaterThan(140);
  const wrong: string[] = [];
  for (const [name, proof] of attacks) {
    const { status, body } = await send(proof);
    const breaksTheRequest = /[^\x20-\x7e]/.test(proof) || proof.length > 8000;
    const refused = status === 401 || status === 400 || (breaksTheRequest && status === 413);
    const quoted = proof.length > 40 && body.includes(proof.slice(0, 40));
    if (!refused || quoted) wrong.push(`${name}: ${status}`);
  }
  expect(wrong).toEqual([]);
}

describe('every attack of the list', () => {
  test('is made from a proof that is accepted', async () => {
    const atToken = scene.holder.sample({ method: 'POST', url: scene.tokenUrl });
    expect((await scene.ask([signEs256(atToken, atToken.privateKey)])).status).toBe(200);
    const atGateway = scene.holder.sample({ method: 'POST', url: `${scene.broker.url}${GATEWAY}`, token });
    expect((await scene.readAs(token, signEs256(atGateway, atGateway.privateKey))).status).toBe(200);
  });

  test('is refused at the token endpoint', { timeout: 90_000 }, async () => {
    const attacks = attacksOn(scene.holder.sample({ method: 'POST', url: scene.tokenUrl }));
    await expectRefused(
      attacks.filter(([name]) => !ANOTHER_KEY.test(name)),
      (proof) => scene.ask([proof]),
    );
  });

  test('is refused at the gateway, and nothing is sent', { timeout: 90_000 }, async () => {
    const attacks = attacksOn(scene.holder.sample({ method: 'POST', url: `${scene.broker.url}${GATEWAY}`, token }));
    await expectRefused(attacks, (proof) => scene.readAs(token, proof, { mark: 'ByAttack' }));
    expect(await arrived(scene, 'ByAttack')).toEqual([]);
  });
});
