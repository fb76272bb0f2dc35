/** The links of a caller's chain (model#chain). */
import { hash } from 'node:crypto';
import { type ChainLink, type Detail, WritError } from '@writ/core';
import type { Grant, Token } from '@writ/store';

/** The link of a token's own details. */
export function tokenLink(jti: string, details: readonly Detail[]): ChainLink {
  return { link: 'token', subject: jti, allowances: details.map((scope) => ({ scope })) };
}

/** The details of tokens, and what they allow. `weight`: what that takes of the heap, bytes, about three times its JSON. */
export interface KeptDetails {
  readonly details: readonly Detail[];
  readonly allowances: ChainLink['allowances'];
  readonly weight: number;
}

/** Keeps equal details once for all remembered tokens that have them, as most tokens of a client do. */
export class SharedDetails {
  readonly #known = new Map<string, WeakRef<KeptDetails>>();
  readonly #forgotten = new FinalizationRegistry<string>((digest) => {
    if (this.#known.get(digest)?.deref() === undefined) this.#known.delete(digest);
  });

  /** The details as they are kept: the same object for the same ones. */
  keep(details: readonly Detail[]): KeptDetails {
    const text = JSON.stringify(details);
    const digest = hash('sha256', text, 'base64');
    const known = this.#known.get(digest)?.deref();
    if (known !== undefined) return known;
    const kept = { details, allowances: details.map((scope) => ({ scope })), weight: 3 * text.length };
    this.#known.set(digest, new WeakRef(kept));
    this.#forgotten.register(kept, digest);
    return kept;
  }
}

/** The link of a client's grants. */
export function grantsLink(client_id: string, grants: readonly Grant[]): ChainLink {
  const allowances = grants.map(({ id, scope, expires_at }) => ({
    scope,
    grant_id: id,
    ...(expires_at !== null && { expires_at }),
  }));
  return { link: 'grants', subject: client_id, allowances };
}

/** The link of an ancestor, and the details it is made of. */
export interface AncestorLink {
  readonly link: ChainLink;
  readonly kept: KeptDetails;
}

/**
 * The links of the ancestors, whose details bound everything made from them. Throws `WritError` (`invalid_token`) where they were not
 * kept.
 */
export function ancestorLinks(lineage: readonly Token[], shared: SharedDetails): AncestorLink[] {
  return lineage.map(({ jti, details }) => {
    if (details === null) throw new WritError('invalid_token');
    const kept = shared.keep(details);
    return { link: { link: 'ancestor', subject: jti, allowances: kept.allowances }, kept };
  });
}
