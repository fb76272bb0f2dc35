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

/** What a Railway connection may be given. */
export const CREDENTIAL_KINDS: readonly CredentialKind[] = [
  { kind: 'account_token', title: 'Account token (all workspaces of a user)', ...bearer },
  { kind: 'workspace_token', title: 'Workspace token (all projects of a workspace)', ...bearer },
  {
    kind: 'project_token',
    title: 'Project token (one environment of a project)',
    looksRight: looksLikeToken,
    sign: async (_request, { secret }) => [{ header: 'project-access-token', value: secret }],
  },
];
