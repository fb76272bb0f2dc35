import type { CiSystem } from './ci-system.ts';

/** Entra managed identities and applications. */
export const entra: CiSystem = {
  id: 'entra',
  title: 'Entra managed identity',
  issuer: {
    pattern: /^https:\/\/(sts\.windows\.net\/[\w-]+\/|login\.microsoftonline\.com\/[\w-]+\/v2\.0)$/,
    example: 'https://login.microsoftonline.com/TENANT_ID/v2.0',
  },
  audience: {
    default: 'https://management.azure.com/',
    refused: [
      /^https:\/\/(management\.(core\.windows\.net|azure\.com)|graph\.(microsoft\.com|windows\.net)|vault\.azure\.net|storage\.azure\.com)\/?$/,
      /^00000003-0000-0000-c000-000000000000$/,
    ],
    several: false,
  },
  algorithms: ['RS256'],
  // Tokens of managed identities live for up to a day, and the machine returns the same one again.
  max_life: 86_400,
  jwks_hosts: ['login.microsoftonline.com', 'login.windows.net'],
  claims: [
    { name: 'oid', kind: 'id', about: 'The identity’s object.' },
    { name: 'tid', kind: 'other', about: 'The tenant; the issuer says so already.' },
    { name: 'xms_mirid', kind: 'environment', about: 'The resource the identity belongs to.' },
    { name: 'azp', kind: 'other', about: 'The application that asked.' },
  ],
  required: [{ any_of: ['oid'], because: 'without it every identity of the tenant gets the token' }],
  recommended: [],
  refused: [],
  never_pin: ['upn', 'preferred_username', 'email', 'unique_name'],
  replay: { rule: 'per_job' },
  obtain:
    'Register an application `api://...` for Writ, and GET `http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api://...` with `Metadata: true`.',
  identity: {
    organization_id: 'tid',
    project_id: 'oid',
    project: 'xms_mirid',
    workflow: 'azp',
  },
};
