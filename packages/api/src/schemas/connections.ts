import { connectionSlugSchema, effectSchema, environmentSlugSchema } from '@writ/core';
import { z } from 'zod';
import { id, line, page, paging, search, time } from './common.ts';

/** `{connection}` in a path: a slug. */
export const byConnection = z.strictObject({ connection: connectionSlugSchema });

/** The provider's own secret as it is handed in; never answered. `environments`: what it is bound to. */
export const credentialInput = z.strictObject({
  kind: z.string().min(1).max(50),
  value: z.string().min(1).max(16_384),
  environments: z.array(environmentSlugSchema).min(1).max(100).optional(),
});

/**
 * A provider that a connection can be to. `base_url` is its own address; `usual_credential_kind` is meant where none is named; a selector
 * has exactly one of `selector_fields`; resource kinds are those of its inventory; `places` are its words, in the singular;
 * `environment_variables` are where its own tools look; `example.path` is where a request goes that one would try first.
 */
export const provider = z.object({
  id: z.string(),
  title: z.string(),
  base_url: z.string(),
  credential_kinds: z.array(z.object({ kind: z.string(), title: z.string() })),
  usual_credential_kind: z.string(),
  selector_fields: z.array(
    z.object({
      name: z.string(),
      /** What each of its values is the id of. */
      id_of: z.string(),
      title: z.string(),
      /** True where it stands for the ephemeral environments of what it names. */
      ephemeral: z.boolean(),
      most: z.number().int(),
    }),
  ),
  resource_kinds: z.array(z.string()),
  places: z.object({ environment: z.string(), ephemeral: z.string(), container: z.string() }),
  environment_variables: z.object({ token: z.array(z.string()), base_url: z.array(z.string()) }),
  /** `graphql` is true where that path takes a GraphQL document. */
  example: z.object({ path: z.string(), graphql: z.boolean() }),
});

export const providers = page(provider);

/** What is told of a root credential. */
export const credential = z.object({
  id,
  kind: z.string(),
  version: z.number().int(),
  environments: z.array(z.string()).nullable(),
  status: z.enum(['unverified', 'verified', 'rejected', 'flagged']),
  created_at: time,
  verified_at: time.nullable(),
});

const baseUrl = z.url({ protocol: /^https?$/ }).max(500);
const settings = z.record(z.string().max(100), z.union([z.string().max(1000), z.number(), z.boolean()]));

/** A connection as listed. */
export const connection = z.object({
  id,
  slug: z.string(),
  provider: z.string(),
  base_url: z.string(),
  settings,
  credentials: z.array(credential),
  identity: z.string().nullable(),
  reach: z.array(z.string()).nullable(),
  created_at: time,
});

export const connections = page(connection);

export const createConnection = z.strictObject({
  slug: connectionSlugSchema,
  provider: z.string().min(1).max(50),
  base_url: baseUrl.optional(),
  credential: credentialInput,
  settings: settings.optional(),
});

export const patchConnection = z
  .strictObject({ base_url: baseUrl.optional(), settings: settings.optional() })
  .refine((change) => Object.keys(change).length > 0, 'must change something');

/** `confirm`: an owner accepts that another connection has the same identity and reach. */
export const verify = z.strictObject({ confirm: z.boolean().optional() });

/** Who the credential is and how far it reaches, as the provider says. `same_as`: slugs with the same identity and reach. */
export const verified = z.object({
  identity: z.string(),
  reach: z.array(z.string()),
  same_as: z.array(z.string()),
  confirmed: z.boolean(),
});

const reviewed = { effect: effectSchema, note: z.string() };

/** A name of the live schema that the catalog lacks. `argument`: the path of a new argument, with `=VALUE` after it for a new value. */
export const newName = z.object({
  kind: z.enum(['operation', 'field', 'argument']),
  name: z.string(),
  argument: z.string().nullable(),
  type: z.string(),
  /** The provider's words, quoted: they say nothing of the effect. */
  description: z.string().nullable(),
  /** The mildest effect it may be given. */
  least: effectSchema,
  /** Why it cannot be admitted, where it cannot. */
  refused: z.string().nullable(),
  admitted: z.object(reviewed).nullable(),
});

/**
 * The provider's live schema beside the catalog. `unknown` names what is new and not admitted: it is refused. `stale` was admitted, and
 * counts no longer, since the schema lacks it or has it in another shape.
 */
export const schemaNews = z.object({
  catalog_version: z.string(),
  digest: z.string(),
  unknown: z.array(z.string()),
  new: z.array(newName),
  missing: z.array(z.string()),
  changed: z.array(z.string()),
  stale: z.array(z.object({ name: z.string(), argument: z.string().nullable(), ...reviewed, since: time })),
});

export const operationsQuery = z.strictObject({ q: search, effect: effectSchema.optional(), ...paging });

/** An operation of the catalog, with what the owner recorded for this connection. */
export const operation = z.object({
  name: z.string(),
  effect: effectSchema,
  raised_to: z.array(effectSchema),
  reach: z.string(),
  targets: z.array(z.string()),
  arguments: z.array(z.string()),
  why: z.string(),
  override: z.object(reviewed).nullable(),
  /** True of one that is not in the catalog and was admitted from the live schema. */
  admitted: z.boolean(),
  /** What of its arguments was admitted; a call that uses it has at least this effect and reaches everything. */
  admitted_arguments: z.array(z.object({ argument: z.string(), ...reviewed })),
});

export const operations = page(operation);

export const operationParams = byConnection.extend({ name: z.string().min(1).max(200) });

export const putOperation = z.strictObject({ effect: effectSchema, note: line(500) });

/** The path of one argument of an operation; `argument` as `newName` has it. */
export const argumentParams = operationParams.extend({ argument: z.string().min(1).max(500) });

/** Paths of new arguments, `input.x`, or of new values of enums, `input.x=VALUE`. */
export const admitArguments = z.strictObject({
  arguments: z.array(z.string().min(1).max(500)).min(1).max(100),
  ...putOperation.shape,
});

export const inventoryQuery = z.strictObject({
  q: search,
  kind: z.string().min(1).max(50).optional(),
  environment: environmentSlugSchema.optional(),
  ...paging,
});

/** One resource: `environments` are slugs; `unmapped` provider environment ids that nobody has added. */
export const inventoryItem = z.object({
  kind: z.string(),
  id: z.string(),
  name: z.string().nullable(),
  environments: z.array(z.string()),
  unmapped: z.array(z.string()),
  within: z.array(z.string()),
});

export const inventory = page(inventoryItem);
