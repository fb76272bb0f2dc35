import type { CiSystem } from './ci-system.ts';

/** Kubernetes service accounts, by projected tokens. */
export const kubernetes: CiSystem = {
  id: 'kubernetes',
  title: 'Kubernetes service account',
  issuer: {
    pattern: /^https:\/\/[\w.-]+(:\d+)?(\/[\w./-]*)?$/,
    example: 'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE',
  },
  audience: {
    default: 'the cluster itself',
    refused: [/^https:\/\/kubernetes\.default(\.svc(\.cluster\.local)?)?\/?$/, /^kubernetes$/],
    several: false,
  },
  algorithms: ['RS256', 'ES256', 'ES384'],
  max_life: 3600,
  jwks_hosts: [],
  claims: [
    {
      name: 'kubernetes.io.serviceaccount.uid',
      kind: 'id',
      about: 'The service account; changes when it is made anew.',
    },
    { name: 'kubernetes.io.namespace', kind: 'environment', about: 'The namespace.' },
    { name: 'kubernetes.io.serviceaccount.name', kind: 'name', about: 'The service account’s name.' },
    { name: 'sub', kind: 'name', about: 'system:serviceaccount:NAMESPACE:NAME' },
  ],
  required: [
    {
      any_of: ['kubernetes.io.serviceaccount.uid'],
      because:
        'anybody who may make a service account of the same name would get the token; the uid is never given again',
    },
  ],
  recommended: [],
  refused: [],
  never_pin: ['kubernetes.io.pod.name'],
  replay: { rule: 'per_job' },
  obtain:
    'Project a token into the pod: a volume with `serviceAccountToken: {audience: ..., expirationSeconds: 600, path: token}`; the token that pods have by themselves has the audience of the cluster and is refused.',
  identity: {
    organization_id: 'kubernetes.io.namespace',
    project_id: 'kubernetes.io.serviceaccount.uid',
    project: 'kubernetes.io.serviceaccount.name',
    environment: 'kubernetes.io.namespace',
    job_id: 'kubernetes.io.pod.uid',
    runner: 'kubernetes.io.node.name',
  },
};
