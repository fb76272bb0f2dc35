import { generateKeyPairSync } from 'node:crypto';
import { type CiSystemId, ciIdentitySchema, type JsonObject } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { signEs256 } from '../../../../test/support/jwt-attacks/index.ts';
import { algorithmOf, claimsOf, policyFor, systems } from '../../test/ci-samples.ts';
import { claimAt } from '../issuers/claim-path.ts';
import { ciSystem, normaliseIdentity } from '../issuers/systems.ts';
import { examineSubjectToken, failedClaims } from './examine.ts';
import { matchClaims, refusedValues } from './match.ts';
import { ciSubject } from './subject.ts';

const pass = (pinned: unknown, found: unknown, claim = 'x'): boolean | undefined => {
  const policy = { ci: 'github_actions' as const, claims: { [claim]: pinned } as Record<string, string> };
  return matchClaims(policy, found === undefined ? {} : { [claim]: found as string })[0]?.pass;
};

test.each<[unknown, unknown, boolean]>([
  ['1', '1', true],
  ['1', 1, true],
  ['1', 10, false],
  ['1', '10', false],
  ['1', ' 1', false],
  ['A', 'a', false],
  [true, 'true', true],
  [true, true, true],
  ['true', true, true],
  [true, false, false],
  [false, undefined, false],
  [true, 1, false],
  ['null', null, false],
  ['[object Object]', {}, false],
  ['', undefined, false],
  ['1.5', 1.5, false],
  ['9007199254740993', 9_007_199_254_740_992, false],
  [['a', 'b'], 'b', true],
  [['a', 'b'], 'c', false],
  ['b', ['a', 'b'], true],
  ['c', ['a', 'b'], false],
  ['a,b', ['a', 'b'], false],
  ['1', [1], false],
  ['a', [], false],
])('a pinned %j against %j: %s', (pinned, found, wanted) => {
  expect(pass(pinned, found)).toBe(wanted);
});

describe('a ref that ends in *', () => {
  test.each([
    ['refs/tags/v*', 'refs/tags/v1', true],
    ['refs/tags/v*', 'refs/tags/v', true],
    ['refs/tags/v*', 'refs/heads/v1', false],
    ['refs/tags/v*', 'x/refs/tags/v1', false],
  ])('%s against %s: %s', (pinned, found, wanted) => {
    expect(pass(pinned, found, 'ref')).toBe(wanted);
  });

  test('is a pattern for no other claim, and not at a wider place: there the star is a plain character', () => {
    expect(pass('refs/tags/v*', 'refs/tags/v1', 'environment')).toBe(false);
    expect(pass('refs/heads/*', 'refs/heads/main', 'ref')).toBe(false);
    expect(pass('*', 'refs/heads/main', 'ref')).toBe(false);
  });
});

describe('a path', () => {
  const claims = { 'a.b': { c: 1, 'd.e': 2 }, f: { g: { h: 3 } }, i: null, 'j/': { k: 4 } };

  test.each([
    ['a.b.c', 1],
    ['a.b.d.e', 2],
    ['f.g.h', 3],
    ['i', null],
    ['j/.k', 4],
    ['a', undefined],
    ['f.g.x', undefined],
    ['f.', undefined],
    ['', undefined],
    ['toString', undefined],
    ['f.constructor', undefined],
    ['__proto__.toString', undefined],
  ])('%s leads to %j', (path, wanted) => {
    expect(claimAt(claims, path)).toEqual(wanted);
  });

  test('that can be read in two ways leads to nothing', () => {
    expect(claimAt({ 'a.b': 'x', a: { b: 'y' } }, 'a.b')).toBeUndefined();
  });
});

describe('the identity of a job', () => {
  test.each(systems)('%s: in Writ’s words, of the right shape, and every member it should find', (ci) => {
    const identity = normaliseIdentity(ci, claimsOf(ci, 0) as Record<string, string>);
    expect(ciIdentitySchema.parse(identity)).toEqual(identity);
    expect(identity).toMatchObject({ system: ci, subject: claimsOf(ci, 0)['sub'] });
    const absent: Record<string, string[]> = {
      buildkite: ['workflow'],
      circleci: ['workflow', 'run_id'],
      entra: ['workflow'],
      aws: ['workflow'],
    };
    const members = ['system', 'subject', ...Object.keys(ciSystem(ci).identity)];
    expect(Object.keys(identity).toSorted()).toEqual(
      members.filter((member) => !absent[ci]?.includes(member)).toSorted(),
    );
    expect(ciSystem(ci).algorithms).toContain(algorithmOf(ci));
  });

  test('text that could control a terminal is made harmless and short', () => {
    const claims = { sub: 's', repository: `a\u202eb${'x'.repeat(1000)}`, ref: '', actor: { a: 1 }, run_id: 12 };
    const { project, ...identity } = normaliseIdentity('github_actions', claims);
    expect(identity).toEqual({ system: 'github_actions', subject: 's', run_id: '12' });
    expect(project).toMatch(/^a\\u\{202e\}bx+…$/);
    expect(project).toHaveLength(300);
  });
});

describe('what is refused under every policy', () => {
  test.each<[CiSystemId, object]>([
    ['github_actions', { event_name: 'pull_request' }],
    ['github_actions', { event_name: 'pull_request_target' }],
    ['github_actions', { event_name: 'pull_request_review' }],
    ['github_actions', { event_name: 'workflow_run' }],
    ['github_actions', { event_name: 'issue_comment' }],
    ['github_actions', { ref: 'refs/pull/1/merge' }],
    ['gitlab', { pipeline_source: 'merge_request_event' }],
    ['gitlab', { ref_path: 'refs/merge-requests/1/head' }],
    ['circleci', { 'oidc.circleci.com/ssh-rerun': true }],
    ['circleci', { 'oidc.circleci.com/ssh-rerun': 'true' }],
    ['circleci', { 'oidc.circleci.com/vcs-ref': 'refs/pull/7/head' }],
    ['azure_devops', { rpo_ref: 'refs/pull/7/merge' }],
  ])('%s with %j', (ci, changes) => {
    expect(refusedValues({ ci }, { ...claimsOf(ci, 0), ...changes } as JsonObject)).toHaveLength(1);
    expect(refusedValues({ ci }, claimsOf(ci, 0) as JsonObject)).toEqual([]);
  });
});

test('what is refused is one of the values, or begins as one with a star; and so is a ref that may end in one', () => {
  const refused = (claims: JsonObject) => refusedValues({ ci: 'github_actions' }, claims).length;
  expect([refused({ event_name: ['push', 'issue_comment'] }), refused({ event_name: 'issue_commen' })]).toEqual([1, 0]);
  expect([refused({ event_name: 'issue_comments' }), refused({ ref: 'refs/pull/' })]).toEqual([0, 1]);
  expect([refused({ ref: 'refs/pull' }), refused({ ref: 'refs/pulls' })]).toEqual([0, 0]);
  const refs = ['refs/tags/v', 'refs/tags/v1', 'refs/tags/w', 'refs/tags/'];
  expect(refs.map((ref) => pass('refs/tags/v*', ref, 'ref'))).toEqual([true, true, false, false]);
});

describe('trust-test', () => {
  const NOW = 1_800_000_000;
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = (changes: object) =>
    `${encode({ alg: 'RS256', kid: 'k' })}.${encode({ ...claimsOf('gitlab', NOW), ...changes })}.AAAA`;
  const examine = (token: string) =>
    examineSubjectToken(token, policyFor('gitlab'), { now: NOW * 1000, keys: async () => undefined });

  test('shows every comparison of a token that would not be accepted, and never the token', async () => {
    const token = unsigned({ project_id: '43', aud: 'https://gitlab.com', pipeline_source: 'merge_request_event' });
    const shown = await examine(token);
    expect(shown).toMatchObject({ accepted: false, reason: 'aud' });
    expect(shown.checks.filter((check) => !check.pass)).toEqual([
      { claim: 'signature', wanted: ['made with a key of the issuer'], found: 'kid_unknown', pass: false },
      { claim: 'aud', wanted: [policyFor('gitlab').audience], found: 'https://gitlab.com', pass: false },
      {
        claim: 'pipeline_source',
        wanted: [expect.stringMatching(/^never: /)],
        found: 'merge_request_event',
        pass: false,
      },
      { claim: 'project_id', wanted: ['42'], found: '43', pass: false },
    ]);
    expect(JSON.stringify(shown)).not.toContain(token.slice(0, 40));
  });

  test('tells the reason if the comparisons are right but something else is wrong', async () => {
    const shown = await examine(unsigned({}));
    expect(shown).toMatchObject({ accepted: false, reason: 'kid_unknown' });
    expect(shown.checks.filter((check) => !check.pass).map(({ claim }) => claim)).toEqual(['signature']);
  });

  test('shows which time is wrong', async () => {
    const { checks } = await examine(unsigned({ exp: 0, iat: -10 }));
    expect(checks.find(({ claim }) => claim === 'exp')).toMatchObject({ pass: false });
  });

  test('shows a token that would be taken, with all that was compared', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = async () => ({ kty: 'EC', ...publicKey.export({ format: 'jwk' }), kid: 'k' });
    const token = signEs256({ header: { alg: 'ES256', kid: 'k' }, payload: claimsOf('kubernetes', NOW) }, privateKey);
    const policy = policyFor('kubernetes');
    const shown = await examineSubjectToken(token, policy, { now: NOW * 1000, keys });
    expect(shown).toMatchObject({ accepted: true });
    expect(shown).not.toHaveProperty('reason');
    const checks = ['signature', 'exp', 'iss', 'aud', ...Object.keys(policy.claims)];
    expect(shown.checks.map(({ claim, pass }) => [claim, pass])).toEqual(checks.map((claim) => [claim, true]));
    expect(shown.checks[1]).toMatchObject({ found: '2027-01-15T08:05:00.000Z' });
    expect(failedClaims(token, policy)).toEqual([]);
  });

  test.each<[string, object, unknown]>([
    ['exp', { exp: 1_799_999_900 }, '2027-01-15T07:58:20.000Z'],
    ['iat', { iat: 1_800_000_061 }, '2027-01-15T08:01:01.000Z'],
    ['nbf', { nbf: 1_800_000_061 }, '2027-01-15T08:01:01.000Z'],
    ['exp', { exp: 9e12 }, 9e12],
    ['exp', { exp: 'soon' }, 'soon'],
  ])('shows that %s is wrong: %j', async (claim, changes, found) => {
    const wrong = (await examine(unsigned(changes))).checks.filter(({ pass }) => !pass);
    expect(wrong).toMatchObject([{ claim: 'signature' }, { claim, found }]);
  });

  test('what of a token does not fit its policy is known for the log, also of several audiences', () => {
    const { audience, issuer } = policyFor('gitlab');
    const failed = (changes: object, ci: 'gitlab' | 'bitbucket' = 'gitlab') => {
      const token = `${encode({})}.${encode({ ...claimsOf(ci, 0), ...changes })}.AAAA`;
      return failedClaims(token, policyFor(ci)).map(({ claim }) => claim);
    };
    expect([failed({}), failed({ aud: [audience] }), failed({ aud: [audience, 'b'] }, 'bitbucket')]).toEqual([
      [],
      [],
      [],
    ]);
    for (const aud of [[audience, 'b'], ['b'], 'b', undefined]) expect(failed({ aud })).toEqual(['aud']);
    expect(failed({ aud: ['a', 'b'] }, 'bitbucket')).toEqual(['aud']);
    expect(failed({ iss: `${issuer}/`, job_project_id: '43' })).toEqual(['iss', 'job_project_id']);
    expect(failedClaims('x', policyFor('gitlab'))).toEqual([]);
  });

  test('has no comparisons for a text that is not a token', async () => {
    expect(await examine('x')).toEqual({ accepted: false, reason: 'not_three_segments', checks: [] });
  });
});

test('the subject of a job’s token names policy and job, and stays short', () => {
  const identity = { system: 'gitlab' as const, subject: 's'.repeat(300) };
  expect(ciSubject('deploy', { ...identity, job_id: '901', run_id: '900' })).toBe('ci:deploy:901');
  expect(ciSubject('deploy', { ...identity, run_id: '900' })).toBe('ci:deploy:900');
  expect(ciSubject('deploy', identity)).toMatch(/^ci:deploy:[0-9a-f]{64}$/);
});
