import { connectionSlugSchema, effectSchema, environmentSlugSchema } from '@writ/core';
import { z } from 'zod';
import { id, line, page, paging, search, time } from './common.ts';

/** `{connection}` in a path: a slug. */
export const byConnection = z.strictObject({ connection: connectionSlugSchema });

/** A root credential as an administrator gives it; it is never answered. `environments`: those that it is bound to. */
export const credentialInput = z.strictObject({
  kind: z.string().min(1).max(50),
  value: z.string().min(1).max(16_384),
  environments: z.array(environmentSlugSchema).min(1).max(100).optional(),
});

/**
 * A provider that a connection can be made to. `base_url` is its own address; `usual_credential_kind` is the default kind; a selector has
 * exactly one of `selector_fields`; resource kinds are those of its inventory; `places` are its words for them, in the singular;
 * `environment_variables` are those that its own tools read a credential from; `example` is a first request to try, a read of what is
 * in no environment.
 */
export const provider = z.object({
  id: z.string(),
  title: z.string(),
  base_url: z.string(),
  credential_kinds: z.array(
    z.object({
      kind: z.string(),
      title: z.string(),
      /** What it is good for at the provider, and where alone it is sent. */
      good_for: z.string(),
      sealed_to: z.string(),
      /** 1 is the narrowest. */
      narrowness: z.number().int(),
      /** How a person makes the narrowest of this kind, and where. */
      steps: z.array(z.string()),
      url: z.string(),
    }),
  ),
  usual_credential_kind: z.string(),
  selector_fields: z.array(
    z.object({
      name: z.string(),
      /** The kind of thing that each of its values is the id of. */
      id_of: z.string(),
      title: z.string(),
      /** True where the field selects the ephemeral environments of what its values name. */
      ephemeral: z.boolean(),
      most: z.number().int(),
    }),
  ),
  resource_kinds: z.array(z.string()),
  places: z.object({ environment: z.string(), ephemeral: z.string(), container: z.string() }),
  environment_variables: z.object({ token: z.array(z.string()), base_url: z.array(z.string()) }),
  /** `graphql` is true where that path takes GraphQL documents; `body` is JSON, null where there is none. */
  example: z.object({
    method: z.enum(['GET', 'POST']),
    path: z.string(),
    graphql: z.boolean(),
    body: z.string().nullable(),
  }),
});

export const providers = page(provider);

/** A root credential as listed, without the secret. */
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

/** A request to verify the credential. `confirm`: an owner accepts that another connection has the same identity and reach. */
export const verify = z.strictObject({ confirm: z.boolean().optional() });

/** The identity and the reach of the credential, as the provider states them. `same_as`: slugs with the same identity and reach. */
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
  /** The provider's own description, quoted. It proves nothing about the effect. */
  description: z.string().nullable(),
  /** The mildest effect that an owner may give it. */
  least: effectSchema,
  /** The reason why it cannot be admitted; null where it can. */
  refused: z.string().nullable(),
  admitted: z.object(reviewed).nullable(),
});

/**
 * The provider's live schema compared with the catalog. `unknown` lists names that are new and not admitted: calls that use them are
 * refused. `stale` lists names that were admitted and no longer count, because the schema lacks them or has them in another shape.
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

/**
 * One value of an operation's arguments that a condition can test. `opaque`: a value whose inside only the provider knows, so that paths may
 * go on below it; `values` are those of an `enum`; `list`: a call may have several; `secret`: it, or something in it, is never logged.
 */
export const operationInput = z.object({
  path: z.string(),
  type: z.enum(['text', 'number', 'boolean', 'enum', 'opaque']),
  values: z.array(z.string()).optional(),
  list: z.boolean(),
  secret: z.boolean(),
  required: z.boolean(),
});

/** An operation of the catalog, with what the owner recorded for this connection. `group`: what it is about, in the provider's words. */
export const operation = z.object({
  name: z.string(),
  effect: effectSchema,
  raised_to: z.array(effectSchema),
  reach: z.string(),
  targets: z.array(z.string()),
  arguments: z.array(z.string()),
  inputs: z.array(operationInput),
  group: z.string(),
  why: z.string(),
  override: z.object(reviewed).nullable(),
  /** True for an operation that is not in the catalog and was admitted from the live schema. */
  admitted: z.boolean(),
  /** Its arguments that were admitted. A call that uses one has at least this effect and reaches everything. */
  admitted_arguments: z.array(z.object({ argument: z.string(), ...reviewed })),
});

export const operations = page(operation);

/**
 * Something that people often grant: nothing in it reveals, executes, destroys or escalates. `shared`: it also is for what lies outside any
 * environment; `ci`: a client of kind `ci` may be granted it. Each of `needs` is an argument that a person is asked for.
 */
export const preset = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  operations: z.array(z.string()),
  shared: z.boolean(),
  ci: z.boolean(),
  needs: z.array(
    z.object({
      operation: z.string(),
      path: z.string(),
      comparison: z.enum(['equals', 'starts_with', 'ends_with', 'at_most']),
      question: z.string(),
      example: z.string(),
    }),
  ),
});

export const presets = page(preset);

/**
 * What of a connection's root credential no grant uses: the environments that none reaches, how many of the operations of each effect are
 * granted anywhere, and in sentences how much wider than needed it is. `credential`: the kind of the broadest one; null where there is none.
 */
export const unused = z.object({
  environments: z.array(z.string()),
  operations: z.record(effectSchema, z.object({ granted: z.number().int(), all: z.number().int() })),
  credential: z.string().nullable(),
  wider: z.array(z.string()),
});

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
