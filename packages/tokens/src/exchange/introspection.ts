import { type Detail, defined, type JsonObject } from '@writ/core';
import type { AccessTokenClaims } from '../access-token-claims.ts';

/** The one answer about a token that is not active, not there, or none of the asker's business (RFC 7662 section 2.2). */
export const INACTIVE: Readonly<{ active: false }> = Object.freeze({ active: false });

/** What is known of a presented token. */
export interface IntrospectedToken {
  /** Verified; absent when verifying failed. */
  readonly claims?: AccessTokenClaims;
  /** Whether the token, its task, client, grants, ancestors and key still stand. */
  readonly live: boolean;
  /** The details, where they are not in the token itself. */
  readonly details?: readonly Detail[];
}

/** Who asks: a client that has authenticated. */
export interface Introspector {
  readonly client_id: string;
  /** True with the scope `writ:introspect`: it may ask about others' tokens. */
  readonly may_see_others: boolean;
  /** The audiences whose tokens it may then ask about. */
  readonly audiences: readonly string[];
}

/**
 * Builds the introspection answer (RFC 7662 section 2.2): exactly `{"active": false}` for a token that is not active or that the
 * asker may not see, so that the two look the same.
 */
export function introspectionResponse(token: IntrospectedToken, asker: Introspector): JsonObject {
  const { claims, live, details } = token;
  if (claims === undefined || !live || !maySee(claims, asker)) return INACTIVE;
  const { authorization_details = details, authorization_details_id: _id, ...others } = claims;
  return JSON.parse(
    JSON.stringify({
      active: true,
      ...others,
      token_type: claims.cnf === undefined ? 'Bearer' : 'DPoP',
      ...defined({ authorization_details }),
    }),
  );
}

function maySee({ client_id, aud }: AccessTokenClaims, asker: Introspector): boolean {
  return client_id === asker.client_id || (asker.may_see_others && asker.audiences.includes(aud));
}
