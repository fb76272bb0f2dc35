import { CI_SYSTEMS, CLIENT_KINDS, federatedAuthSchema } from '@writ/core';
import { z } from 'zod';
import { id, line, page, paging, search, time } from './common.ts';

/** The id of a client, chosen by an admin. The id of a deleted client is never used again. */
export const clientId = z
  .string()
  .max(100)
  .regex(/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/, 'must be lower-case letters, digits and inner . _ -');

export const byClientId = z.strictObject({ id: clientId });

const kind = z.enum(CLIENT_KINDS);
const jwk = z.record(z.string().max(50), z.union([z.string().max(4096), z.array(z.string().max(50)), z.boolean()]));

/** Whether every token of the client must be bound to a key of its own (RFC 9449 section 5.2). */
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

/** What a client may do besides asking for tokens: introspect the tokens of other clients. */
export const CLIENT_SCOPES = ['writ:introspect'] as const;
const scopes = z.array(z.enum(CLIENT_SCOPES)).max(10);
/** The algorithm that signs the client's tokens; RS256 is for verifiers that know no other. */
const signingAlgorithm = z.enum(['ES256', 'RS256']);

/** Whether tokens of the client can be exchanged. A list names the only clients that can. */
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
  /** False for a client that proves itself by a secret and has none: its data was moved without secrets. */
  can_authenticate: z.boolean(),
  require_task: z.boolean(),
  scopes: z.array(z.string()),
  access_token_signing_alg: signingAlgorithm,
  delegable: z.boolean(),
  may_act: z.array(z.string()),
  /** Another one after each change of what `clients.patch` changes; for its `if_version`. */
  version: z.string(),
  owner_id: id,
  created_by: id,
  created_at: time,
  disabled_at: time.nullable(),
});

export const clients = page(client);

export const clientsQuery = z.strictObject({
  kind: kind.optional(),
  /** A part of its id or its name. */
  q: search,
  ...paging,
});

const pinnedGroup = z.object({ any_of: z.array(z.string()), because: z.string() });

/**
 * What is known of a CI system, for whoever writes a trust policy. `issuer.usual` is that of the system's own service, null where each customer
 * has one; `audience` is the only one that it can write, null where a job chooses. A policy pins at least one claim of each of `required`.
 */
export const ciSystem = z.object({
  id: z.enum(CI_SYSTEMS),
  title: z.string(),
  issuer: z.object({ usual: z.string().nullable(), example: z.string() }),
  audience: z.string().nullable(),
  claims: z.array(
    z.object({
      name: z.string(),
      /** `id` is never given to another; a `name` can be given up and taken by somebody else. */
      kind: z.enum(['id', 'name', 'ref', 'environment', 'workflow', 'event', 'other']),
      about: z.string(),
    }),
  ),
  required: z.array(pinnedGroup),
  recommended: z.array(pinnedGroup),
  refused: z.array(z.object({ claim: z.string(), values: z.array(z.string()), because: z.string() })),
  never_pin: z.array(z.string()),
  /** How a job gets its token, in words. */
  obtain: z.string(),
});

export const ciSystems = page(ciSystem);

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

/** A new client. `client_secret` exists only for `client_secret_basic` and is answered only here. */
export const createdClient = client.extend({ client_secret: z.string().optional() });

/**
 * A change of a client. Absent members stay as they are. With `if_version`, the client's `version` as it was read, nothing is changed of a
 * client that somebody else changed since.
 */
export const patchClient = z
  .strictObject({
    name: line(100).optional(),
    auth: clientAuth.optional(),
    require_task: z.boolean().optional(),
    scopes: scopes.optional(),
    access_token_signing_alg: signingAlgorithm.optional(),
    ...delegation,
    disabled: z.boolean().optional(),
    if_version: line(100).optional(),
  })
  .refine(({ if_version: _, ...change }) => Object.keys(change).length > 0, 'must change something');

/** A token to compare with the trust policy of a client. */
export const trustTest = z.strictObject({ token: z.string().min(1).max(20_000) });

/** A token to compare with a trust policy that is not saved yet. */
export const trustTestUnsaved = trustTest.extend({ auth: federatedAuthSchema });

/** Whether the token would be accepted now, and every comparison. Of the token it shows only the values that were compared. */
export const trustTested = z.object({
  accepted: z.boolean(),
  reason: z.string().nullable(),
  checks: z.array(
    z.object({ name: z.string(), wanted: z.array(z.string()), found: z.string().nullable(), pass: z.boolean() }),
  ),
  hints: z.array(z.object({ claims: z.array(z.string()), hint: z.string() })),
});

export const clientSecret = z.object({ client_id: z.string(), client_secret: z.string() });
