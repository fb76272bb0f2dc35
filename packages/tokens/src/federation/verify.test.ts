import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { CiSystemId, FederatedAuth } from '@writ/core';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import { jwtAttacks, signEs256 } from '../../../../test/support/jwt-attacks/index.ts';
import { algorithmOf, claimsOf, policyFor, systems } from '../../test/ci-samples.ts';
import { readCompact } from '../compact.ts';
import { ciSystem } from '../issuers/systems.ts';
import { Rejection } from '../rejection.ts';
import type { ForeignJwk } from './foreign-key.ts';
import { type ForeignKeys, signatureProblem, timeProblem, verifyForNobody, verifySubjectToken } from './verify.ts';

const NOW = 1_800_000_000;
const pairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
};
const jwkOf = (key: KeyObject, kid: string): ForeignJwk => ({ kty: '', ...key.export({ format: 'jwk' }), kid });
const published = new Map(Object.entries(pairs).map(([kid, pair]) => [kid, jwkOf(pair.publicKey, kid)]));

function setUp(policy: FederatedAuth, keys: ForeignKeys = async ({ kid }) => published.get(kid)) {
  let asked = 0;
  const counted: ForeignKeys = (wanted) => {
    asked += 1;
    return keys(wanted);
  };
  const options = { keys: counted, now: NOW * 1000 };
  const verify = (token: string) => verifySubjectToken(token, policy, options);
  const reason = async (token: string): Promise<string> => {
    const result = await verify(token);
    return result.ok ? expect.unreachable('the token was accepted') : result.reason;
  };
  return { verify, reason, asked: () => asked };
}

/** Makes a good token of a system, with changes, signed as the system signs. */
function tokenOf(ci: CiSystemId, changes: object = {}, head: object = {}): Promise<string> {
  const alg = algorithmOf(ci);
  const claims = { ...claimsOf(ci, NOW), ...changes };
  return new SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg, kid: alg, ...head }).sign(pairs[alg].privateKey);
}

describe.each(systems)('%s', (ci) => {
  test('a good token is accepted under its policy, and gives the identity of the job', async () => {
    const result = await setUp(policyFor(ci)).verify(await tokenOf(ci));
    expect(result).toMatchObject({ ok: true, exp: NOW + 300, identity: { system: ci } });
  });

  test('with times that have a fraction is accepted, and the token made from it ends before it', async () => {
    const times = { exp: NOW + 200.75, iat: NOW - 0.5, nbf: NOW - 0.5 };
    expect(await setUp(policyFor(ci)).verify(await tokenOf(ci, times))).toMatchObject({ ok: true, exp: NOW + 200 });
  });

  test('is refused for every pinned claim that differs or is absent', async () => {
    const policy = policyFor(ci);
    for (const claim of Object.keys(policy.claims)) {
      const other = { ...policy, claims: { ...policy.claims, [claim]: 'another' } };
      expect(await setUp(other).reason(await tokenOf(ci))).toBe('pinned_claim');
    }
  });

  test('of another audience is refused before any key is asked for', async () => {
    const { reason, asked } = setUp(policyFor(ci));
    for (const aud of ['https://github.com/octo-org', 'sts.amazonaws.com', [], ['a', 'b'], undefined]) {
      expect(await reason(await tokenOf(ci, { aud }))).toMatch(/^(aud|claims)$/);
    }
    expect(asked()).toBe(0);
  });

  test('of another issuer is refused before any key is asked for', async () => {
    const { reason, asked } = setUp(policyFor(ci));
    expect(await reason(await tokenOf(ci, { iss: 'https://evil.example' }))).toBe('iss');
    expect(asked()).toBe(0);
  });

  test('under a policy that pins nothing is refused', async () => {
    expect(await setUp(policyFor(ci, { claims: {} })).reason(await tokenOf(ci))).toBe('pinned_claim');
    expect(await setUp(policyFor(ci, { audience: '' })).reason(await tokenOf(ci, { aud: '' }))).toBe('aud');
  });
});

const es256 = policyFor('kubernetes');
const header = { alg: 'ES256', kid: 'ES256', typ: 'JWT' };
const payload = { ...claimsOf('kubernetes', NOW), aud: es256.audience };

describe('every attack is refused', () => {
  // A token without an id is counted by its hash.
  const doesNotConcern = /^jti: absent$/;
  const attacks = jwtAttacks({ header, payload, privateKey: pairs.ES256.privateKey });

  test('the token they are made from is accepted', async () => {
    const token = signEs256({ header, payload }, pairs.ES256.privateKey);
    expect((await setUp(es256).verify(token)).ok).toBe(true);
  });

  test.each(attacks.filter(([name]) => !doesNotConcern.test(name)))('%s', async (_, token) => {
    expect(await setUp(es256).reason(token)).toMatch(/^[a-z_0-9]+$/);
  });

  test('no issuer is asked for a token that is malformed, too large, or of another type', async () => {
    const { reason, asked } = setUp(es256);
    for (const [name, token] of attacks) {
      if (/segment|1 MB|too large|typ |alg n|payload: |duplicate|dots|header: /.test(name)) await reason(token);
    }
    expect(asked()).toBe(0);
  });
});

describe('types and algorithms', () => {
  test('a token of type JWT in any case, or of none, is taken', async () => {
    for (const typ of ['JWT', 'jwt', undefined])
      expect(await setUp(policyFor('gitlab')).verify(await tokenOf('gitlab', {}, { typ }))).toMatchObject({ ok: true });
    const numbered = signEs256({ header: { ...header, typ: 7 }, payload }, pairs.ES256.privateKey);
    expect(await setUp(es256).reason(numbered)).toBe('typ');
  });

  test('a key is asked for by issuer and kid, with what the policy and its system allow', async () => {
    const wanted: unknown[] = [];
    const keys: ForeignKeys = async (which) => void wanted.push(which);
    const policy = policyFor('google', { allow_private_network: true });
    expect(await setUp(policy, keys).reason(await tokenOf('google', {}, { kid: 'k'.repeat(200) }))).toBe('kid_unknown');
    const [{ issuer }, { jwks_hosts }] = [policy, ciSystem('google')];
    expect(wanted).toEqual([{ issuer, kid: 'k'.repeat(200), allow_private: true, jwks_hosts }]);
    for (const kid of ['k'.repeat(201), '', undefined])
      expect(await setUp(policy, keys).reason(await tokenOf('google', {}, { kid }))).toBe('kid');
    expect(wanted).toHaveLength(1);
  });

  test('what another key has signed is refused by its signature, and shown so', async () => {
    const policy = policyFor('gitlab');
    const token = await tokenOf('gitlab');
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const forged = async () => jwkOf(other.publicKey, 'RS256');
    expect(await setUp(policy, forged).reason(token)).toBe('signature');
    const shown = (keys: ForeignKeys, text = token) => signatureProblem(text, policy, { keys, now: 0 });
    expect(await shown(forged)).toBe('signature');
    expect(await shown(async () => undefined)).toBe('kid_unknown');
    expect(await shown(forged, 'x')).toBe('not_three_segments');
    expect(await shown(async ({ kid }) => published.get(kid))).toBeUndefined();
    await expect(shown(() => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
  });

  test.each(['at+jwt', 'dpop+jwt', 'client-authentication+jwt', 'logout+jwt'])(
    'a token of type %s is refused',
    async (typ) => {
      expect(await setUp(policyFor('gitlab')).reason(await tokenOf('gitlab', {}, { typ }))).toBe('typ');
    },
  );

  test('an algorithm that the system does not use is refused', async () => {
    const token = new SignJWT(claimsOf('gitlab', NOW)).setProtectedHeader({ alg: 'ES256', kid: 'ES256' });
    expect(await setUp(policyFor('gitlab')).reason(await token.sign(pairs.ES256.privateKey))).toBe('alg');
  });

  test('a key that is published for another algorithm is refused', async () => {
    const keys: ForeignKeys = async ({ kid }) => ({ ...jwkOf(pairs.RS256.publicKey, kid), alg: 'PS256' });
    expect(await setUp(policyFor('gitlab'), keys).reason(await tokenOf('gitlab'))).toBe('key');
  });

  test('a key with another kid than the asked one is not used', async () => {
    const keys: ForeignKeys = async () => jwkOf(pairs.RS256.publicKey, 'other');
    expect(await setUp(policyFor('gitlab'), keys).reason(await tokenOf('gitlab'))).toBe('kid_unknown');
  });

  test('an issuer that does not answer gives a refusal; a broken key source throws', async () => {
    const silent: ForeignKeys = () => Promise.reject(new Rejection('issuer_unavailable'));
    expect(await setUp(policyFor('gitlab'), silent).reason(await tokenOf('gitlab'))).toBe('issuer_unavailable');
    const broken: ForeignKeys = () => Promise.reject(new Error('bug'));
    await expect(setUp(policyFor('gitlab'), broken).verify(await tokenOf('gitlab'))).rejects.toThrow('bug');
  });
});

describe('times', () => {
  test.each<[string, object, string | undefined]>([
    ['begun ten minutes ago, as GitHub writes', { nbf: NOW - 600 }, undefined],
    ['an hour long', { exp: NOW + 3600 }, undefined],
    ['longer than an hour', { exp: NOW + 3661 }, 'exp'],
    ['ended within the leeway', { exp: NOW - 59, iat: NOW - 300 }, undefined],
    ['ended', { exp: NOW - 60, iat: NOW - 300 }, 'exp'],
    ['issued ahead', { iat: NOW + 61, exp: NOW + 300 }, 'iat'],
    ['not begun', { nbf: NOW + 61 }, 'nbf'],
    ['ended before it was issued', { exp: NOW - 30, iat: NOW - 20 }, 'exp'],
    ['ended as it was issued', { exp: NOW - 30, iat: NOW - 30 }, 'exp'],
    ['as long as can be', { exp: NOW + 3660 }, undefined],
    ['as old as can be', { iat: NOW - 3660 }, undefined],
    ['too old by a second', { iat: NOW - 3661 }, 'iat'],
    ['as far ahead as can be', { iat: NOW + 60, nbf: NOW + 60 }, undefined],
    ['that says no beginning', { nbf: undefined }, undefined],
    ['that says no end', { exp: undefined }, 'claims'],
    ['that says no issue', { iat: undefined }, 'claims'],
  ])('a token %s', async (_, changes, wanted) => {
    const token = await tokenOf('github_actions', changes);
    const { verify, reason } = setUp(policyFor('github_actions'));
    if (wanted === undefined) expect((await verify(token)).ok).toBe(true);
    else expect(await reason(token)).toBe(wanted);
    // What is shown of a policy that is tried is what decides.
    const shown = timeProblem(readCompact(token).payload, { policy: { ci: 'github_actions' }, now: NOW * 1000 });
    expect(shown).toBe(wanted === 'claims' ? 'exp' : wanted);
  });

  test('a managed identity’s token may live a day, no longer', async () => {
    const { verify, reason } = setUp(policyFor('entra'));
    expect((await verify(await tokenOf('entra', { exp: NOW + 86_400 }))).ok).toBe(true);
    expect(await reason(await tokenOf('entra', { exp: NOW + 90_000 }))).toBe('exp');
  });
});

test('several audiences are accepted only if a job may ask for several', async () => {
  const aud = [policyFor('gitlab').audience, 'https://other.example'];
  expect(await setUp(policyFor('gitlab')).reason(await tokenOf('gitlab', { aud }))).toBe('aud');
  expect((await setUp(policyFor('bitbucket')).verify(await tokenOf('bitbucket', { aud }))).ok).toBe(true);
});

test('subjects and lists of audiences have a bounded length', async () => {
  const { audience } = policyFor('bitbucket');
  const reasonOf = async (changes: object) => {
    const result = await setUp(policyFor('bitbucket')).verify(await tokenOf('bitbucket', changes));
    return result.ok ? 'taken' : result.reason;
  };
  const among = (count: number) => [...Array.from({ length: count - 1 }, (_, index) => `https://a/${index}`), audience];
  for (const changes of [{ sub: 's' }, { sub: 's'.repeat(2000) }, { aud: among(20) }])
    expect(await reasonOf(changes)).toBe('taken');
  for (const changes of [{ sub: '' }, { sub: 's'.repeat(2001) }, { aud: among(21) }, { aud: [] }])
    expect(await reasonOf(changes)).toBe('claims');
});

test('the work for a policy that is not there is that of any other, and says nothing, whatever the token', async () => {
  const made = await Promise.all(systems.map((ci) => tokenOf(ci)));
  const work = (token: string) => verifyForNobody(token, { audience: es256.audience, now: NOW * 1000 });
  for (const token of ['', 'x.y.z', ...made]) expect(await work(token)).toBeUndefined();
  using verifying = vi.spyOn(crypto.subtle, 'verify');
  for (const token of [await tokenOf('generic'), await tokenOf('kubernetes')]) await work(token);
  for (const changes of [{ aud: 'another' }, { exp: NOW - 60 }]) await work(await tokenOf('generic', changes));
  expect(verifying).toHaveBeenCalledTimes(2);
});

describe('known pitfalls that verifying prevents', () => {
  test('a name that begins like the pinned one, or a reused name with other ids, is refused', async () => {
    const { reason } = setUp(policyFor('github_actions'));
    expect(await reason(await tokenOf('github_actions', { repository_owner_id: '999' }))).toBe('pinned_claim');
    expect(await reason(await tokenOf('github_actions', { repository_id: '4567891' }))).toBe('pinned_claim');
    const sub = 'repo:octo-org-123456/octo-repo-456789:environment:production';
    expect(await reason(await tokenOf('github_actions', { sub, repository_id: '1' }))).toBe('pinned_claim');
  });

  test('a pull request is refused, a fork’s describes the fork, and a service account that was deleted and made again is another one', async () => {
    const pull = await tokenOf('github_actions', { ref: 'refs/pull/1/merge' });
    expect(await setUp(policyFor('github_actions')).reason(pull)).toBe('event');
    expect(await setUp(policyFor('gitlab')).reason(await tokenOf('gitlab', { project_id: '43' }))).toBe('pinned_claim');
    const recreated = { 'kubernetes.io': { namespace: 'prod', serviceaccount: { name: 'deployer', uid: 'other' } } };
    expect(await setUp(es256).reason(await tokenOf('kubernetes', recreated))).toBe('pinned_claim');
  });
});

describe('how often a token may be used', () => {
  const useOf = async (ci: CiSystemId, changes: object = {}) => {
    const result = await setUp(policyFor(ci)).verify(await tokenOf(ci, changes));
    return result.ok ? result.use : expect.unreachable(result.reason);
  };

  test('once, counted by its id, if a job can ask for another', async () => {
    const use = { issuer: policyFor('github_actions').issuer, use_id: 'jti:jti-1', most: 1 };
    expect(await useOf('github_actions')).toEqual({ ...use, expires_at: (NOW + 360) * 1000 });
  });

  test('five times for one job, if the issuer gives a job only one', async () => {
    expect(await useOf('gitlab')).toMatchObject({ use_id: 'job:901', most: 5 });
    expect(await useOf('gitlab', { jti: 'another' })).toMatchObject({ use_id: 'job:901', most: 5 });
    expect(await useOf('circleci')).toMatchObject({ use_id: 'jti:jti-1', most: 5 });
  });

  test('is counted by a job that has a plain id, of a length that can be kept', async () => {
    expect(await useOf('gitlab', { job_id: 7 })).toMatchObject({ use_id: 'job:7' });
    expect(await useOf('gitlab', { job_id: 'j'.repeat(252) })).toMatchObject({ use_id: `job:${'j'.repeat(252)}` });
    for (const job_id of [true, null, ['901']])
      expect(await useOf('gitlab', { job_id })).toMatchObject({ use_id: 'jti:jti-1', most: 5 });
    expect(await setUp(policyFor('gitlab')).reason(await tokenOf('gitlab', { job_id: 'j'.repeat(253) }))).toBe(
      'claims',
    );
  });

  test('a token without an id is counted by its signed part, not by the signature', async () => {
    const first = await useOf('aws', { jti: undefined });
    expect(first.use_id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await useOf('aws', { jti: undefined })).toEqual(first);
    expect(await useOf('aws', { jti: undefined, nonce: 1 })).not.toEqual(first);
  });
});

test('no JSON that an issuer may sign makes verifying throw, or is accepted by accident', async () => {
  const { reason } = setUp(es256);
  const property = fc.asyncProperty(fc.jsonValue(), fc.constantFrom(...Object.keys(payload)), async (value, claim) => {
    fc.pre(JSON.stringify(value) !== JSON.stringify(Object.entries(payload).find(([name]) => name === claim)?.[1]));
    fc.pre(!['sub', 'jti', 'iat', 'nbf'].includes(claim));
    await reason(signEs256({ header, payload: { ...payload, [claim]: value } }, pairs.ES256.privateKey));
  });
  await fc.assert(property, { numRuns: 300 });
});
