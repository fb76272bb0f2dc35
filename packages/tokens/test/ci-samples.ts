/** Sample tokens of each CI system, and a good trust policy for each. Times and ids are added when signing. */
import { CI_SYSTEMS, type CiSystemId, type FederatedAuth, federatedAuthSchema } from '@writ/core';

export const audience = 'https://writ.example.com/ci/deploy';
const uuid = (digit: number): string => '11111111-2222-3333-4444-555555555555'.replaceAll('1', String(digit));

interface Sample {
  readonly alg?: 'RS256' | 'ES256' | 'ES384';
  readonly issuer: string;
  readonly audience?: string;
  /** The audience as in the token: a list if the system writes one. */
  readonly aud?: unknown;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly pinned: FederatedAuth['claims'];
}

const samples: Readonly<Record<CiSystemId, Sample>> = {
  github_actions: {
    issuer: 'https://token.actions.githubusercontent.com',
    claims: {
      sub: 'repo:octo-org@123456/octo-repo@456789:environment:production',
      repository: 'octo-org/octo-repo',
      repository_id: '456789',
      repository_owner: 'octo-org',
      repository_owner_id: '123456',
      repository_visibility: 'private',
      ref: 'refs/heads/main',
      ref_type: 'branch',
      ref_protected: 'true',
      sha: '9f3',
      event_name: 'push',
      base_ref: '',
      head_ref: '',
      environment: 'production',
      workflow: 'deploy',
      workflow_ref: 'octo-org/octo-repo/.github/workflows/deploy.yml@refs/heads/main',
      job_workflow_ref: 'octo-org/auto/.github/workflows/deploy.yml@refs/tags/v3',
      run_id: '123',
      run_number: '10',
      run_attempt: '1',
      check_run_id: '555',
      actor: 'octocat',
      actor_id: '12',
      runner_environment: 'github-hosted',
    },
    pinned: {
      repository_id: '456789',
      repository_owner_id: '123456',
      environment: 'production',
      event_name: ['push', 'workflow_dispatch'],
    },
  },
  gitlab: {
    issuer: 'https://gitlab.com',
    claims: {
      sub: 'project_path:g/p:ref_type:branch:ref:main',
      namespace_id: '7',
      namespace_path: 'g',
      project_id: '42',
      project_path: 'g/p',
      user_id: '1',
      user_login: 'ana',
      user_email: 'ana@example.com',
      pipeline_id: '900',
      pipeline_source: 'push',
      job_id: '901',
      ref: 'main',
      ref_type: 'branch',
      ref_path: 'refs/heads/main',
      ref_protected: 'true',
      environment: 'production',
      environment_protected: 'true',
      runner_id: 5,
      runner_environment: 'gitlab-hosted',
      sha: 'abc',
      ci_config_ref_uri: 'gitlab.com/g/p//.gitlab-ci.yml@refs/heads/main',
      job_project_id: '42',
    },
    pinned: {
      project_id: '42',
      job_project_id: '42',
      ref_protected: true,
      environment_protected: 'true',
      runner_id: '5',
    },
  },
  circleci: {
    issuer: `https://oidc.circleci.com/org/${uuid(1)}`,
    claims: {
      sub: `org/${uuid(1)}/project/${uuid(2)}/user/${uuid(3)}/vcs-origin/github.com/acme/r/vcs-ref/refs/heads/main`,
      'oidc.circleci.com/project-id': uuid(2),
      'oidc.circleci.com/vcs-origin': 'github.com/acme/r',
      'oidc.circleci.com/vcs-ref': 'refs/heads/main',
      'oidc.circleci.com/context-ids': [uuid(4), uuid(5)],
      'oidc.circleci.com/ssh-rerun': false,
      'oidc.circleci.com/org-id': uuid(1),
    },
    pinned: {
      'oidc.circleci.com/project-id': uuid(2),
      'oidc.circleci.com/vcs-origin': 'github.com/acme/r',
      'oidc.circleci.com/vcs-ref': 'refs/heads/main',
      'oidc.circleci.com/context-ids': uuid(5),
    },
  },
  buildkite: {
    issuer: 'https://agent.buildkite.com',
    claims: {
      sub: 'organization:acme:pipeline:app:ref:refs/heads/main:commit:9f31:step:build',
      organization_slug: 'acme',
      organization_id: uuid(1),
      pipeline_slug: 'app',
      pipeline_id: uuid(2),
      build_number: 12,
      build_branch: 'main',
      build_tag: null,
      build_commit: '9f31',
      step_key: null,
      job_id: uuid(3),
      agent_id: uuid(4),
      build_source: 'webhook',
      runner_environment: 'self-hosted',
    },
    pinned: {
      pipeline_id: uuid(2),
      organization_id: uuid(1),
      build_branch: 'main',
      build_source: ['webhook', 'schedule'],
    },
  },
  bitbucket: {
    issuer: 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
    aud: ['ari:cloud:bitbucket::workspace/x', audience],
    claims: {
      sub: `{${uuid(1)}}:{${uuid(2)}}:{${uuid(3)}}`,
      workspaceUuid: `{${uuid(4)}}`,
      repositoryUuid: `{${uuid(1)}}`,
      pipelineUuid: `{${uuid(5)}}`,
      stepUuid: `{${uuid(3)}}`,
      accountUuid: `{${uuid(6)}}`,
      branchName: 'main',
      deploymentEnvironmentUuid: `{${uuid(2)}}`,
    },
    pinned: { repositoryUuid: `{${uuid(1)}}`, deploymentEnvironmentUuid: `{${uuid(2)}}` },
  },
  azure_devops: {
    issuer: `https://vstoken.dev.azure.com/${uuid(1)}`,
    audience: 'api://AzureADTokenExchange',
    claims: {
      sub: 'p://org/project/pipeline',
      org_id: uuid(1),
      prj_id: uuid(2),
      def_id: '15',
      rpo_id: uuid(3),
      rpo_uri: 'https://dev.azure.com/org/project/_git/app',
      rpo_ver: 'abc',
      rpo_ref: 'refs/heads/main',
      run_id: '77',
    },
    pinned: { org_id: uuid(1), prj_id: uuid(2), def_id: '15', rpo_id: uuid(3), rpo_ref: 'refs/heads/main' },
  },
  kubernetes: {
    alg: 'ES256',
    issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE',
    aud: [audience],
    claims: {
      sub: 'system:serviceaccount:prod:deployer',
      'kubernetes.io': {
        namespace: 'prod',
        serviceaccount: { name: 'deployer', uid: uuid(1) },
        pod: { name: 'deploy-x', uid: uuid(2) },
        node: { name: 'node-1', uid: uuid(3) },
      },
    },
    pinned: {
      'kubernetes.io.namespace': 'prod',
      'kubernetes.io.serviceaccount.name': 'deployer',
      'kubernetes.io.serviceaccount.uid': uuid(1),
    },
  },
  aws: {
    alg: 'ES384',
    issuer: `https://${uuid(1)}.tokens.sts.global.api.aws`,
    claims: {
      sub: 'arn:aws:iam::123456789012:role/deployer',
      'https://sts.amazonaws.com/': {
        aws_account: '123456789012',
        source_region: 'eu-west-1',
        org_id: 'o-abcd1234',
        principal_tags: { team: 'web' },
        request_tags: { job: 'deploy' },
      },
    },
    pinned: {
      sub: 'arn:aws:iam::123456789012:role/deployer',
      'https://sts.amazonaws.com/.org_id': 'o-abcd1234',
      'https://sts.amazonaws.com/.aws_account': '123456789012',
    },
  },
  google: {
    issuer: 'https://accounts.google.com',
    claims: {
      sub: '104928374650192837465',
      azp: '104928374650192837465',
      email: 'deployer@project.iam.gserviceaccount.com',
      email_verified: true,
      google: { compute_engine: { project_id: 'project', instance_id: '123' } },
    },
    pinned: {
      sub: '104928374650192837465',
      email: 'deployer@project.iam.gserviceaccount.com',
      email_verified: true,
      'google.compute_engine.project_id': 'project',
    },
  },
  entra: {
    issuer: `https://sts.windows.net/${uuid(1)}/`,
    audience: 'api://writ',
    claims: { sub: uuid(2), oid: uuid(2), tid: uuid(1), xms_mirid: '/subscriptions/s/identities/i', ver: '1.0' },
    pinned: { tid: uuid(1), oid: uuid(2) },
  },
  generic: {
    issuer: 'https://issuer.example.com',
    claims: { sub: 'spiffe://example.com/deployer', team: 'web' },
    pinned: { sub: 'spiffe://example.com/deployer', team: 'web' },
  },
};

/** Returns a good policy for a system, with changes. */
export function policyFor(ci: CiSystemId, changes: Partial<FederatedAuth> = {}): FederatedAuth {
  const { issuer, pinned, audience: own } = samples[ci];
  return federatedAuthSchema.parse({
    method: 'federated',
    ci,
    issuer,
    audience: own ?? audience,
    claims: pinned,
    ...changes,
  });
}

/** Returns the claims of a good token of a system. `now` in seconds. */
export function claimsOf(ci: CiSystemId, now: number): Record<string, unknown> {
  const { issuer, aud, claims, audience: own } = samples[ci];
  return {
    iss: issuer,
    aud: aud ?? own ?? audience,
    exp: now + 300,
    iat: now,
    nbf: now - 600,
    jti: 'jti-1',
    ...claims,
  };
}

/** Returns the algorithm with which a system signs. */
export const algorithmOf = (ci: CiSystemId): 'RS256' | 'ES256' | 'ES384' => samples[ci].alg ?? 'RS256';

/** Every system. */
export const systems = CI_SYSTEMS;
