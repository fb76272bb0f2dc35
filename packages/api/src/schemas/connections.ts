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

/** What the provider's live schema has that the catalog lacks: refused until an owner gives it an effect. */
export const schemaNews = z.object({ catalog_version: z.string(), unknown: z.array(z.string()) });

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
  override: z.object({ effect: effectSchema, note: z.string() }).nullable(),
});

export const operations = page(operation);

export const operationParams = byConnection.extend({ name: z.string().min(1).max(200) });

export const putOperation = z.strictObject({ effect: effectSchema, note: line(500) });

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
