import { type CiSystemId, type FederatedAuth, federatedAuthSchema } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { policyFor, systems } from '../../test/ci-samples.ts';
import { ciSystem } from '../issuers/systems.ts';
import { checkTrustPolicy, trustPolicyHints } from './policy.ts';

const public_url = 'https://writ.example.com';
const check = (policy: FederatedAuth, url = public_url) => checkTrustPolicy(policy, { public_url: url });
const github = (claims: FederatedAuth['claims']) => check(policyFor('github_actions', { claims }));
const id = { repository_id: '456789' };

describe.each(systems)('%s', (ci) => {
  test('a good policy can be saved', () => {
    expect(check(policyFor(ci))).toEqual([]);
  });

  test('without an audience is refused with its own reason', () => {
    const problem = expect.stringMatching(ci === 'azure_devops' ? /is needed/ : /without it a token made for anybody/);
    expect(check(policyFor(ci, { audience: '' }))).toEqual([{ field: 'auth.audience', problem, found: '' }]);
  });

  test('without claims is refused', () => {
    expect(check(policyFor(ci, { claims: {} }))).toEqual([
      { field: 'auth.claims', problem: 'pins nothing: every token of the issuer would be taken' },
    ]);
  });

  test('with the audience of another service, or a wildcard, is refused', () => {
    for (const audience of ['sts.amazonaws.com', '//iam.googleapis.com/projects/1', 'https://*', '*', 'npm:x']) {
      expect(check(policyFor(ci, { audience }))).toHaveLength(1);
    }
  });

  test('the claims that must be pinned are known, and the example issuer is an issuer of the system', () => {
    const system = ciSystem(ci);
    expect(system.issuer.example).toMatch(system.issuer.pattern);
    const names = system.claims.map(({ name }) => name);
    for (const { any_of } of [...system.required, ...system.recommended]) {
      expect(any_of.filter((claim) => !names.includes(claim))).toEqual([]);
    }
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('audiences', () => {
  test.each<[CiSystemId, string]>([
    ['github_actions', 'https://github.com/octo-org'],
    ['gitlab', 'https://gitlab.com'],
    ['circleci', '11111111-2222-3333-4444-555555555555'],
    ['buildkite', 'https://buildkite.com/acme'],
    ['bitbucket', 'ari:cloud:bitbucket::workspace/11111111-2222-3333-4444-555555555555'],
    ['kubernetes', 'https://kubernetes.default.svc.cluster.local'],
    ['kubernetes', 'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE'],
    ['entra', 'https://management.azure.com/'],
  ])('%s: the default one (%s) is refused', (ci, audience) => {
    expect(check(policyFor(ci, { audience }))).toEqual([
      { field: 'auth.audience', problem: expect.stringMatching(/by default/), found: audience },
    ]);
  });

  test('Azure DevOps has a fixed one: a policy must name it, and a hint says that it is weaker', () => {
    expect(check(policyFor('azure_devops', { audience: 'https://writ.example.com' }))).toHaveLength(1);
    expect(trustPolicyHints(policyFor('azure_devops')).map(({ hint }) => hint)).toEqual([
      expect.stringMatching(/good at the other service too/),
    ]);
  });
});

describe('ids', () => {
  test.each<[string, FederatedAuth['claims']]>([
    ['a name alone', { repository: 'octo-org/octo-repo' }],
    ['an owner’s name', { repository_owner: 'octo-org', ref: 'refs/heads/main' }],
    ['the enterprise alone', { enterprise_id: '9' }],
    ['an environment alone', { environment: 'production' }],
  ])('%s is refused', (_, claims) => {
    expect(github(claims)).toEqual([
      { field: 'auth.claims', problem: expect.stringMatching(/pins no repository_id and no repository_owner_id/) },
    ]);
  });

  test('sub alone is refused with its own reason, unless it is the id that must be pinned', () => {
    expect(check(policyFor('generic', { claims: { sub: 'spiffe://example.com/deployer' } }))).toEqual([]);
    expect(github({ sub: 'repo:octo-org/octo-repo:environment:production' })).toEqual([
      { field: 'auth.claims', problem: expect.stringMatching(/pins no repository_id/) },
      { field: 'auth.claims.sub', problem: expect.stringMatching(/not enough by itself/) },
    ]);
  });

  test.each<[CiSystemId, FederatedAuth['claims']]>([
    ['gitlab', { project_path: 'g/p' }],
    ['circleci', { 'oidc.circleci.com/vcs-origin': 'github.com/acme/r' }],
    ['buildkite', { pipeline_slug: 'app' }],
    ['bitbucket', { branchName: 'main' }],
    ['azure_devops', { def_id: '15' }],
    ['kubernetes', { 'kubernetes.io.namespace': 'prod', 'kubernetes.io.serviceaccount.name': 'deployer' }],
    ['aws', { 'https://sts.amazonaws.com/.aws_account': '123456789012' }],
    ['google', { email: 'a@b.iam.gserviceaccount.com', email_verified: true }],
    ['entra', { tid: 'x' }],
  ])('%s with %j is refused', (ci, claims) => {
    expect(check(policyFor(ci, { claims })).map(({ field }) => field)).toEqual(['auth.claims']);
  });

  test('one id is enough, with a hint about what is missing', () => {
    expect(github(id)).toEqual([]);
    const hints = trustPolicyHints(policyFor('github_actions', { claims: id }));
    expect(hints.map(({ hint }) => hint)).toEqual([expect.stringMatching(/every branch/)]);
    expect(trustPolicyHints(policyFor('github_actions'))).toEqual([]);
  });
});

describe('values', () => {
  test.each(['refs/tags/v*', 'refs/heads/release/*', 'refs/heads/main'])('the ref %s may be pinned', (ref) => {
    expect(github({ ...id, ref })).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ['ref', '*', /lets everything in/],
    ['ref', 'refs/heads/*', /only at its end/],
    ['ref', 'refs/*', /only at its end/],
    ['ref', 'refs/tags/v*-rc', /only at its end/],
    ['ref', '*refs/tags/v1', /only at its end/],
    ['ref', 'refs/tags/v**', /only at its end/],
    ['environment', '*', /lets everything in/],
    ['environment', 'prod*', /one exact value/],
    ['repository_id', '4567*', /one exact value/],
    ['repository_id', '45678?', /one exact value/],
    ['workflow_ref', 'octo-org/*', /one exact value/],
    ['sub', 'repo:octo-org/*', /is a pattern/],
    ['sub', 'repo:octo-org*', /octo-org-evil/],
    ['environment', '^prod', /regular expression/],
    ['environment', 'prod.*', /regular expression/],
    ['environment', '(prod|staging)', /regular expression/],
    ['environment', '/prod/', /regular expression/],
    ['environment', 'prod$', /regular expression/],
    ['environment', '\\d+', /regular expression/],
    ['environment', '[a-z]+', /regular expression/],
    ['environment', '', /must not be empty/],
    ['event_name', 'pull_request', /always refused/],
    ['event_name', 'pull_request_target', /always refused/],
    ['event_name', 'workflow_run', /always refused/],
    ['event_name', 'issue_comment', /always refused/],
    ['ref', 'refs/pull/12/merge', /always refused/],
    ['sub', 'repo:octo-org/octo-repo:pull_request', /pull requests/],
    ['actor', 'octocat', /nothing may rely on it/],
    ['head_ref', 'main', /nothing may rely on it/],
  ])('%s = %s is refused', (claim, value, problem) => {
    const [found, ...others] = github({ ...id, [claim]: value });
    expect(others).toEqual([]);
    expect(found).toMatchObject({ field: `auth.claims.${claim}`, problem: expect.stringMatching(problem) });
  });

  test('each value of a list is checked', () => {
    expect(github({ ...id, event_name: ['push', 'pull_request', 'workflow_run'] })).toHaveLength(2);
  });

  test('real values of other systems are not taken for patterns', () => {
    for (const ci of systems) expect(check(policyFor(ci))).toEqual([]);
  });

  test('tags that the caller chose cannot be pinned', () => {
    const claims = { ...policyFor('aws').claims, 'https://sts.amazonaws.com/.request_tags.job': 'deploy' };
    expect(check(policyFor('aws', { claims }))).toHaveLength(1);
  });
});

test('at most thirty claims are pinned', () => {
  const pinning = (count: number) => {
    const claims = Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, '1']));
    return check(policyFor('generic', { claims: { ...policyFor('generic').claims, ...claims } }));
  };
  const own = Object.keys(policyFor('generic').claims).length;
  expect(pinning(30 - own)).toEqual([]);
  expect(pinning(31 - own)).toEqual([{ field: 'auth.claims', problem: 'must be at most 30' }]);
});

describe('issuers', () => {
  const stand_in = { issuer: 'http://127.0.0.1:4000', allow_private_network: true };

  test.each<[string, Partial<FederatedAuth>]>([
    ['http', { issuer: 'http://token.actions.githubusercontent.com' }],
    ['http on loopback, while Writ is not', stand_in],
    ['http on loopback without leave', { ...stand_in, allow_private_network: false }],
    ['http on a private address', { issuer: 'http://10.0.0.1', allow_private_network: true }],
    ['another system’s', { issuer: 'https://gitlab.com' }],
    ['one that begins alike', { issuer: 'https://token.actions.githubusercontent.com.evil.example' }],
    ['one with a slash more', { issuer: 'https://token.actions.githubusercontent.com/' }],
    ['a query', { issuer: 'https://token.actions.githubusercontent.com?x' }],
    ['a fragment', { issuer: 'https://token.actions.githubusercontent.com#x' }],
    ['a user name', { issuer: 'https://a@token.actions.githubusercontent.com' }],
    ['no URL', { issuer: 'kubernetes/serviceaccount' }],
    ['another scheme', { issuer: 'file:///etc/passwd' }],
  ])('%s is refused', (_, changes) => {
    expect(check(policyFor('github_actions', changes)).map(({ field }) => field)).toEqual(['auth.issuer']);
  });

  // Any host may be the issuer of such a system: what its pattern would refuse besides is refused before.
  test.each<[string, string]>([
    ['must be https', 'http://issuer.example'],
    ['user name or password', 'https://a@issuer.example'],
    ['user name or password', 'https://:b@issuer.example'],
    ...['?x', '#x', '/ x', '\\x', '\n'].map((end): [string, string] => [
      'must be a URL',
      `https://issuer.example${end}`,
    ]),
    ...['https:///x', 'https://[', 'xhttps://issuer.example', ''].map((it): [string, string] => ['must be a URL', it]),
  ])('%s: %j, of a system with issuers everywhere', (problem, issuer) => {
    const found = check({ ...policyFor('generic'), issuer });
    expect(found).toEqual([{ field: 'auth.issuer', problem: expect.stringContaining(problem), found: issuer }]);
  });

  test.each(['http://localhost:8700', 'http://127.0.0.1:8700', 'http://[::1]:8700'])(
    'http on loopback may be used with leave, while Writ is at %s',
    (url) => {
      expect(check(policyFor('github_actions', stand_in), url)).toEqual([]);
      for (const host of ['10.0.0.1', 'localhost.evil.example', '127.evil.example', '127.0.0.1.nip.io']) {
        const foreign = policyFor('github_actions', { ...stand_in, issuer: `http://${host}` });
        expect(check(foreign, url), host).toHaveLength(1);
      }
    },
  );

  test.each<[CiSystemId, string]>([
    ['github_actions', 'https://github.example.com/_services/token'],
    ['github_actions', 'https://token.actions.acme.ghe.com'],
    ['github_actions', 'https://token.actions.githubusercontent.com/acme'],
    ['gitlab', 'https://gitlab.example.com'],
    ['gitlab', 'https://example.com/gitlab'],
    ['kubernetes', 'https://container.googleapis.com/v1/projects/p/locations/l/clusters/c'],
    ['entra', 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0'],
  ])('%s at %s is known', (ci, issuer) => {
    expect(check(policyFor(ci, { issuer }))).toEqual([]);
  });
});

describe('the schema', () => {
  const auth = { method: 'federated', issuer: 'https://i.example', audience: 'a', claims: { a: '1' }, ci: 'generic' };

  test('fills in optional members', () => {
    expect(federatedAuthSchema.parse(auth).allow_private_network).toBe(false);
    const { audience: _a, claims: _c, ...less } = auth;
    expect(federatedAuthSchema.parse(less)).toMatchObject({ audience: '', claims: {} });
  });

  test.each<[string, object]>([
    ['an unknown member', { jwks_uri: 'https://evil.example' }],
    ['an unknown system', { ci: 'jenkins' }],
    ['a number to be pinned', { claims: { a: 1 } }],
    ['an object to be pinned', { claims: { a: {} } }],
    ['an empty list', { claims: { a: [] } }],
    ['a claim with a space', { claims: { 'a b': '1' } }],
    ['an audience list', { audience: ['a'] }],
  ])('refuses %s', (_, changes) => {
    expect(federatedAuthSchema.safeParse({ ...auth, ...changes }).success).toBe(false);
  });
});
