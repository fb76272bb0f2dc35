import { type Detail, defined, type JsonObject } from '@writ/core';
import type { AccessTokenClaims } from '../access-token-claims.ts';

/** The answer about a token that is not active, does not exist, or that the asker may not see (RFC 7662 section 2.2). */
export const INACTIVE: Readonly<{ active: false }> = Object.freeze({ active: false });

/** The facts about a presented token. */
export interface IntrospectedToken {
  /** The verified claims; absent if verifying failed. */
  readonly claims?: AccessTokenClaims;
  /** True if the token, its task, client, grants, ancestors and key are still valid. */
  readonly live: boolean;
  /** The details, if they are not in the token itself. */
  readonly details?: readonly Detail[];
}

/** The authenticated client that asks. */
export interface Introspector {
  readonly client_id: string;
  /** True with the scope `writ:introspect`: the client may ask about tokens of others. */
  readonly may_see_others: boolean;
  /** The audiences of the tokens about which it may then ask. */
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
