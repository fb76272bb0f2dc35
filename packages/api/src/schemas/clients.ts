import { CLIENT_KINDS, federatedAuthSchema } from '@writ/core';
import { z } from 'zod';
import { id, line, page, time } from './common.ts';

/** What an admin calls a client; never used again after it was deleted. */
export const clientId = z
  .string()
  .max(100)
  .regex(/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/, 'must be lower-case letters, digits and inner . _ -');

export const byClientId = z.strictObject({ id: clientId });

const kind = z.enum(CLIENT_KINDS);
const jwk = z.record(z.string().max(50), z.union([z.string().max(4096), z.array(z.string().max(50)), z.boolean()]));

/** Whether the client gets tokens only that are bound to a key of its own (RFC 9449 section 5.2). */
const dpop_bound_access_tokens = z.boolean().optional();

/** How a client proves who it is at the token endpoint. */
export const clientAuth = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('client_secret_basic'), dpop_bound_access_tokens }),
  z.strictObject({
    method: z.literal('private_key_jwt'),
    jwks: z.strictObject({ keys: z.array(jwk).min(1).max(4) }),
    dpop_bound_access_tokens,
  }),
  federatedAuthSchema,
]);
export type ClientAuth = z.infer<typeof clientAuth>;

/** What a client may do besides asking for tokens: introspect those of others. */
export const CLIENT_SCOPES = ['writ:introspect'] as const;
const scopes = z.array(z.enum(CLIENT_SCOPES)).max(10);
/** RS256 for verifiers that know nothing else. */
const signingAlgorithm = z.enum(['ES256', 'RS256']);

/** Whether tokens of the client can be exchanged, and, where that is limited, by which clients alone. */
const delegation = {
  delegable: z.boolean().optional(),
  may_act: z.array(clientId).max(20).optional(),
};

/** A client as listed; its secret is never answered again. */
export const client = z.object({
  client_id: z.string(),
  kind,
  name: z.string(),
  auth: clientAuth,
  require_task: z.boolean(),
  scopes: z.array(z.string()),
  access_token_signing_alg: signingAlgorithm,
  delegable: z.boolean(),
  may_act: z.array(z.string()),
  owner_id: id,
  created_by: id,
  created_at: time,
  disabled_at: time.nullable(),
});

export const clients = page(client);

export const createClient = z.strictObject({
  client_id: clientId,
  kind,
  name: line(100),
  auth: clientAuth,
  require_task: z.boolean().optional(),
  scopes: scopes.optional(),
  access_token_signing_alg: signingAlgorithm.optional(),
  ...delegation,
});

/** `client_secret`, only for `client_secret_basic`, is told this once. */
export const createdClient = client.extend({ client_secret: z.string().optional() });

export const patchClient = z
  .strictObject({
    name: line(100).optional(),
    auth: clientAuth.optional(),
    require_task: z.boolean().optional(),
    scopes: scopes.optional(),
    access_token_signing_alg: signingAlgorithm.optional(),
    ...delegation,
    disabled: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change something');

/** A token to hold against a client's trust policy. */
export const trustTest = z.strictObject({ token: z.string().min(1).max(20_000) });

/** A token to hold against a trust policy that is not saved yet. */
export const trustTestUnsaved = trustTest.extend({ auth: federatedAuthSchema });

/** Whether the token would be taken now, and every comparison; nothing of the token but the values that are compared. */
export const trustTested = z.object({
  accepted: z.boolean(),
  reason: z.string().nullable(),
  checks: z.array(
    z.object({ name: z.string(), wanted: z.array(z.string()), found: z.string().nullable(), pass: z.boolean() }),
  ),
  hints: z.array(z.object({ claims: z.array(z.string()), hint: z.string() })),
});

export const clientSecret = z.object({ client_id: z.string(), client_secret: z.string() });
