import { Secret } from '@writ/core';
import type { CredentialKind } from '../provider.ts';

/** Railway's tokens are UUIDs today, but nothing promises that: only what cannot stand in a header is called wrong. */
function looksLikeToken(value: string): boolean {
  return /^[\x21-\x7e]{8,4096}$/.test(value) && !/^bearer\b/i.test(value);
}

const bearer: Pick<CredentialKind, 'looksRight' | 'sign'> = {
  looksRight: looksLikeToken,
  sign: async (_request, { secret }) => [
    { header: 'authorization', value: new Secret(`Bearer ${secret.expose()}`, 'root credential') },
  ],
};

const ACCOUNT_TOKENS = 'https://railway.com/account/tokens';

/** Said of each: who holds it may do all that it is good for. */
const COPY = 'Copy it at once, since Railway shows it only once, and give it to Writ. Keep it nowhere else.';

/** What a Railway connection may be given. */
export const CREDENTIAL_KINDS: readonly CredentialKind[] = [
  {
    kind: 'account_token',
    title: 'Account token (all workspaces of a user)',
    goodFor: 'everything that its user may do, in every workspace',
    narrowness: 3,
    steps: [
      'Sign in to Railway as a user made for Writ, who is a member of the workspaces it is for and of no other.',
      'Open Account Settings, then Tokens.',
      'Give it a name, choose "No workspace", and create it.',
      COPY,
    ],
    url: ACCOUNT_TOKENS,
    ...bearer,
  },
  {
    kind: 'workspace_token',
    title: 'Workspace token (all projects of a workspace)',
    goodFor: 'every project of one workspace, in all their environments',
    narrowness: 2,
    steps: [
      'Open Account Settings, then Tokens.',
      'Give it a name, and choose the one workspace it is for: not "No workspace".',
      'Create it.',
      COPY,
    ],
    url: ACCOUNT_TOKENS,
    ...bearer,
  },
  {
    kind: 'project_token',
    title: 'Project token (one environment of a project)',
    goodFor: 'one environment of one project',
    narrowness: 1,
    steps: [
      'Open the project, then its Settings, then Tokens.',
      'Give it a name, and choose the one environment it is for.',
      'Create it.',
      COPY,
    ],
    url: 'https://railway.com/dashboard',
    looksRight: looksLikeToken,
    sign: async (_request, { secret }) => [{ header: 'project-access-token', value: secret }],
  },
];
