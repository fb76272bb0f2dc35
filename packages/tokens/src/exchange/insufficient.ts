import type { Detail, JsonObject } from '@writ/core';

/** The facts about a request whose token does not cover it. */
export interface InsufficientDetails {
  readonly scheme: 'Bearer' | 'DPoP';
  /** The URL of the resource's metadata (RFC 9728). */
  readonly resource_metadata: string;
  /** The smallest details that would have allowed the request. The client can ask for exactly these; empty if more details cannot help. */
  readonly authorization_details: readonly Detail[];
  /** True if a person must approve too. */
  readonly approval_required?: boolean;
}

/** A challenge, and the members that it adds to the problem. */
export interface InsufficientAnswer {
  readonly www_authenticate: string;
  readonly members: JsonObject;
}

/**
 * Builds the answer of a resource to a token whose details do not cover the request (RFC 6750 section 3): status 403, the challenge
 * `insufficient_authorization_details`, and the details to ask the token endpoint for.
 */
export function insufficientAuthorizationDetails(refused: InsufficientDetails): InsufficientAnswer {
  const { scheme, resource_metadata, authorization_details, approval_required } = refused;
  return {
    www_authenticate: `${scheme} error="insufficient_authorization_details", resource_metadata="${quotable(resource_metadata)}"`,
    members: JSON.parse(
      JSON.stringify({
        ...(authorization_details.length > 0 && { authorization_details }),
        ...(approval_required === true && { approval_required }),
      }),
    ),
  };
}

/** Returns a URL that can stand in a quoted string. */
function quotable(url: string): string {
  return url.replace(/["\\]|[^\x21-\x7e]/g, encodeURIComponent);
}
