/** The links of a caller's chain: what each allows. */
import { type ChainLink, type Detail, WritError } from '@writ/core';
import type { Grant, Token } from '@writ/store';

/** The link of a token's own details. */
export function tokenLink(jti: string, details: readonly Detail[]): ChainLink {
  return { link: 'token', subject: jti, allowances: details.map((scope) => ({ scope })) };
}

/** The link of a client's grants. */
export function grantsLink(client_id: string, grants: readonly Grant[]): ChainLink {
  const allowances = grants.map(({ id, scope, expires_at }) => ({
    scope,
    grant_id: id,
    ...(expires_at === null ? {} : { expires_at }),
  }));
  return { link: 'grants', subject: client_id, allowances };
}

/** One link for each ancestor: its details bound everything made from it. Throws `WritError` (`invalid_token`) where they were not kept. */
export function ancestorLinks(lineage: readonly Token[]): ChainLink[] {
  return lineage.map(({ jti, details }) => {
    if (details === null) throw new WritError('invalid_token');
    return { link: 'ancestor', subject: jti, allowances: details.map((scope: Detail) => ({ scope })) };
  });
}
