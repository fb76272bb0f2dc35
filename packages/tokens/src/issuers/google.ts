import type { CiSystem } from './ci-system.ts';

/** Google service accounts, by identity tokens of the metadata server. */
export const google: CiSystem = {
  id: 'google',
  title: 'Google service account',
  issuer: {
    pattern: /^https:\/\/accounts\.google\.com$/,
    example: 'https://accounts.google.com',
    usual: 'https://accounts.google.com',
  },
  audience: { default: 'none: the caller must name one', refused: [], several: false },
  algorithms: ['RS256'],
  max_life: 3600,
  jwks_hosts: ['www.googleapis.com'],
  claims: [
    { name: 'sub', kind: 'id', about: 'The service account’s number.' },
    { name: 'google.compute_engine.instance_id', kind: 'other', about: 'The machine; with format=full.' },
    { name: 'google.compute_engine.project_id', kind: 'environment', about: 'The project; with format=full.' },
    { name: 'email', kind: 'name', about: 'Can be given to another account after this one was deleted.' },
    { name: 'email_verified', kind: 'other', about: 'Pin it to true with `email`.' },
  ],
  required: [{ any_of: ['sub'], because: 'an e-mail address can be given to another account; this number cannot' }],
  recommended: [],
  refused: [],
  never_pin: [],
  replay: { rule: 'per_job' },
  obtain:
    'GET `http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity?audience=...&format=full` with `Metadata-Flavor: Google`.',
  identity: {
    organization_id: 'google.compute_engine.project_id',
    project_id: 'sub',
    project: 'email',
    job_id: 'google.compute_engine.instance_id',
  },
};
