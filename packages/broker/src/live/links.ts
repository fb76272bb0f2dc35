/** The links of a caller's chain (model#chain). */
import { hash } from 'node:crypto';
import { type ChainLink, type Detail, defined, MAX_TOKEN_LIFE, WritError } from '@writ/core';
import type { Grant, TaskGrant, Token } from '@writ/store';
import type { StandingGrant } from '../live.ts';

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

/** Whose token it is, as far as it decides about what humans gave to its task. */
export interface OfTask {
  /** The client that the delegation began with. */
  readonly client_id: string;
  /** The key to which the token of that client is bound. */
  readonly jkt: string | undefined;
  /** The moment as of which they must not have expired, milliseconds. */
  readonly as_of: number;
}

/** What humans gave to a task that counts for a token of it (model#token-request): its client's alone, and no longer than it was given. */
export function countingGrants(grants: readonly TaskGrant[], of: OfTask): readonly TaskGrant[] {
  return grants.filter(
    ({ client_id, jkt, granted_until }) =>
      client_id === of.client_id && (jkt === null || jkt === of.jkt) && granted_until > of.as_of,
  );
}

/** The link of a client's grants with what was given to the task besides. `expires`: whether that ends with its time. */
export function linkWithTask(
  link: ChainLink,
  { grants, expires }: { readonly grants: readonly TaskGrant[]; readonly expires: boolean },
): ChainLink {
  const allowances = grants.flatMap(({ approval_id, asked, given, granted_until }) =>
    (given ?? asked).map((scope) => ({
      scope,
      grant_id: approval_id,
      ...defined({ expires_at: expires ? granted_until : undefined, within: given === null ? undefined : asked }),
    })),
  );
  return { ...link, allowances: [...link.allowances, ...allowances] };
}

/**
 * What was asked with tokens for which other details were given, as links: both bound such a token, and all that is made from it. `jtis`: of
 * the token and of those that it was made from.
 */
export function askedLinks(grants: readonly TaskGrant[], jtis: readonly string[]): ChainLink[] {
  return grants.flatMap(({ jti, asked, given }) =>
    given === null || !jtis.includes(jti) ? [] : [tokenLink(jti, asked)],
  );
}

/** What was given to a task, as grants by which tokens of it are issued. `now` in milliseconds. */
export function taskGrantsAsGrants(grants: readonly TaskGrant[], now: number): StandingGrant[] {
  return grants.flatMap(({ approval_id: id, client_id, asked, given, granted_until }) => {
    const max_ttl_seconds = Math.min(MAX_TOKEN_LIFE, Math.floor((granted_until - now) / 1000));
    return (given ?? asked).map((scope) => ({ id, client_id, scope, max_ttl_seconds, expires_at: granted_until }));
  });
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
