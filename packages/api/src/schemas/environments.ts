import { environmentKindSchema, environmentSelectorSchema, environmentSlugSchema } from '@writ/core';
import { z } from 'zod';
import { id, page, time } from './common.ts';
import { byConnection } from './connections.ts';

/** `{connection}` and `{environment}` in a path: slugs. */
export const environmentParams = byConnection.extend({ environment: environmentSlugSchema });

/** An environment as listed; the reserved `shared` has no selector. */
export const environment = z.object({
  id,
  slug: z.string(),
  kind: environmentKindSchema,
  protected: z.boolean(),
  selector: environmentSelectorSchema.nullable(),
  /** The names of what the selector selects, for people. */
  stands_for: z.array(z.string()),
  created_at: time,
});

export const environments = page(environment);

const isProtected = z.boolean();

/** A new environment; the connection's slug is in the path. */
export const createEnvironment = z.strictObject({
  slug: environmentSlugSchema,
  selector: environmentSelectorSchema,
  protected: isProtected.optional(),
});

/** `slug`: another name. Root credentials that are bound to it stay so; grants and guardrails that name the old one do not follow. */
export const patchEnvironment = z
  .strictObject({
    slug: environmentSlugSchema.optional(),
    selector: environmentSelectorSchema.optional(),
    protected: isProtected.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change something');

/**
 * What an import would add: `slug` and `protected` are proposals, `found` is what the provider calls what it would stand for. `ephemeral`:
 * the provider says that it does not last, so the environment stands for future ones too.
 */
export const importable = z.object({
  items: z.array(
    z.object({
      slug: z.string(),
      selector: environmentSelectorSchema,
      protected: isProtected,
      ephemeral: z.boolean(),
      found: z.array(z.string()),
    }),
  ),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
});

/** What to add of that, named as the person wants it; without `items` everything, as proposed. */
export const importEnvironments = z.strictObject({ items: z.array(createEnvironment).min(1).max(200).optional() });

/** The result of an import: the environments it made, and those it left out with the reason. */
export const imported = z.object({
  items: z.array(environment),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
});
