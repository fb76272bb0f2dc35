import { ciIdentitySchema, detailsSchema, MAX_TOKEN_LIFE } from '@writ/core';
import { z } from 'zod';

/** The `typ` of an access token (RFC 9068 section 2.1). Only Writ signs with its keys, so no other spelling is accepted. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** Details larger than this, in bytes of JSON, stay in the database (model#access-token). */
export const MAX_INLINE_DETAILS = 4096;

const name = z.string().min(1).max(300);
const url = z.string().min(1).max(2000);
/** A time as whole seconds since the epoch (RFC 7519 section 2). */
const numericDate = z.int().min(0);

const innermostActor = z.strictObject({ sub: name });
const middleActor = z.strictObject({ sub: name, act: innermostActor.optional() });
/** The actor for the subject, nested at most three deep (RFC 8693 section 4.1; model#exchange). */
const actor = z.strictObject({ sub: name, act: middleActor.optional() });

/** The claims of an access token (RFC 9068 section 2.2; model#access-token). */
export const accessTokenClaimsSchema = z
  .object({
    iss: url,
    sub: name,
    /** The one resource: `<issuer>/gateway`, `<issuer>/gateway/{connection}` or `<issuer>/api/v1`. */
    aud: url,
    client_id: name,
    iat: numericDate,
    nbf: numericDate,
    exp: numericDate,
    jti: name,
    task_id: name,
    scope: z.string().max(1000).optional(),
    authorization_details: detailsSchema.optional(),
    /** The id of the details in the database, if they are too large for the token. */
    authorization_details_id: name.optional(),
    act: actor.optional(),
    /** The only client that may exchange the token (RFC 8693 section 4.4). */
    may_act: z.strictObject({ sub: name, iss: url.optional() }).optional(),
    /** The identity of the CI job for which the token was made; in CI tokens only. */
    ci: ciIdentitySchema.optional(),
    /**
     * The key the token is bound to (RFC 9449 section 6.1). Unknown members are refused, since each would be a binding that Writ does not
     * check.
     */
    cnf: z.strictObject({ jkt: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }).optional(),
  })
  .refine((claims) => claims.authorization_details === undefined || claims.authorization_details_id === undefined)
  .refine(({ iat, nbf, exp }) => iat < exp && nbf < exp && exp - iat <= MAX_TOKEN_LIFE);
export type AccessTokenClaims = z.infer<typeof accessTokenClaimsSchema>;
