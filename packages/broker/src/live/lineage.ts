/** The lineage of an exchanged token: the tokens it was made from, and their clients. */
import { WritError } from '@writ/core';
import { type Db, type EpochKey, getClient, getToken, type Token } from '@writ/store';
import type { VerifiedAccessToken } from '@writ/tokens';

/** A bound that no chain of exchanges reaches (model#exchange). */
const DEEPEST = 8;

/** The token whose lineage is read. */
export interface LineageOf {
  readonly organization_id: string;
  readonly token: VerifiedAccessToken;
}

/**
 * Reads the tokens that a token was made from, the nearest first, whether or not they are good; none for a token that was not exchanged. Throws
 * `WritError` (`invalid_token`) where one is missing.
 */
export async function readLineage(db: Db, { organization_id, token }: LineageOf): Promise<readonly Token[]> {
  const { act, jti } = token.claims;
  if (act === undefined) return [];
  const ancestors: Token[] = [];
  let at = await getToken(db, { organization_id, jti });
  while (at !== undefined && at.parent_jti !== null && ancestors.length < DEEPEST) {
    at = await getToken(db, { organization_id, jti: at.parent_jti });
    if (at !== undefined) ancestors.push(at);
  }
  if (at === undefined || at.parent_jti !== null || ancestors.length === 0) throw new WritError('invalid_token');
  return ancestors;
}

/** The epochs of a token's ancestors, which can stop it too: for each ancestor its token, its client and its signing key. */
export function lineageEpochs(lineage: readonly Token[]): EpochKey[] {
  return lineage.flatMap(({ jti, client_id, kid }): EpochKey[] => [
    { scope: 'token', subject: jti },
    { scope: 'client', subject: client_id },
    { scope: 'key', subject: kid },
  ]);
}

/**
 * Checks the ancestors as they stand now. `delegable` is false where one of their clients is set so that its grants do not survive
 * delegation. Throws `WritError` (`invalid_token`) where one of them, or its client, is no longer good.
 */
export async function demandLineage(
  db: Db,
  {
    organization_id,
    lineage,
    now,
  }: { readonly organization_id: string; readonly lineage: readonly Token[]; readonly now: number },
): Promise<{ readonly delegable: boolean }> {
  const ids = [...new Set(lineage.map(({ client_id }) => client_id))];
  const rows = await Promise.all(ids.map((client_id) => getClient(db, { organization_id, client_id })));
  const clients = rows.filter((client) => client !== undefined && client.disabled_at === null);
  const stand = lineage.every(({ revoked_at, expires_at }) => revoked_at === null && expires_at > now);
  if (!stand || clients.length !== ids.length) throw new WritError('invalid_token');
  return { delegable: clients.every((client) => client?.settings.delegable !== false) };
}
