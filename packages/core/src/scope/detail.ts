import { z } from 'zod';
import { connectionSlugSchema, environmentSlugSchema } from './environment.ts';
import { limitsSchema } from './limit.ts';
import { operationSelectorSchema } from './selector.ts';

/** The longest life of an access token that a grant may allow, in seconds (model#access-token). */
export const MAX_TOKEN_LIFE = 12 * 3600;

/** The longest life of an access token whose grant says nothing about it, in seconds. */
export const DEFAULT_TOKEN_LIFE = 3600;

/** The one `type` of `authorization_details` (RFC 9396) that Writ knows. */
export const DETAIL_TYPE = 'provider_operations';

const operand = z.union([z.string().max(1000), z.number(), z.boolean()]);

/** A condition on one argument: exactly one comparison (model#condition). A path that is absent, null or of another type fails. */
export const argumentConditionSchema = z.union([
  z.strictObject({ equals: operand }),
  z.strictObject({ one_of: z.array(operand).min(1).max(100) }),
  z.strictObject({ starts_with: z.string().min(1).max(1000) }),
  z.strictObject({ ends_with: z.string().min(1).max(1000) }),
  z.strictObject({ at_least: z.number() }),
  z.strictObject({ at_most: z.number() }),
]);
export type ArgumentCondition = z.infer<typeof argumentConditionSchema>;

const resourceSchema = z
  .string()
  .max(300)
  .regex(/^[a-z_]+:.+$/, 'must be `kind:id`');

/** Refuses an empty object: an empty condition restricts nothing, so its author must have meant something else. */
function notEmpty<T extends z.ZodType<object>>(schema: T) {
  return schema.refine((members) => Object.keys(members).length > 0, 'must not be empty: leave it out, or fill it');
}

/** The members that a grant and a detail share (model#detail). Unknown members and empty lists are errors. */
const allowed = {
  environments: z
    .array(z.union([z.literal('*'), environmentSlugSchema]))
    .min(1)
    .max(100),
  operations: z.array(operationSelectorSchema).min(1).max(200),
  resources: z.array(resourceSchema).min(1).max(200).optional(),
  arguments: notEmpty(
    z.record(z.string().min(1).max(200), notEmpty(z.record(z.string().min(1).max(300), argumentConditionSchema))),
  ).optional(),
};

/** One entry of `authorization_details`. */
export const detailSchema = z.strictObject({
  type: z.literal(DETAIL_TYPE),
  connection: connectionSlugSchema,
  ...allowed,
});
export type Detail = z.infer<typeof detailSchema>;

/** The most names in all entries of one `authorization_details`: each name is looked up, and matched on every request. */
const MOST_NAMED = 500;

function namesIn({ environments, operations, resources = [], arguments: conditions = {} }: Detail): number {
  return environments.length + operations.length + resources.length + Object.keys(conditions).length;
}

/** `authorization_details` as a client sends it: at most 16 entries, with at most 500 names together (RFC 9396 section 2). */
export const detailsSchema = z
  .array(detailSchema)
  .min(1)
  .max(16)
  .refine((details) => details.reduce((sum, detail) => sum + namesIn(detail), 0) <= MOST_NAMED, {
    message: `must name at most ${MOST_NAMED} environments, operations, resources and arguments in all`,
  });

/** The scope of a grant: what it allows, and within which limits, without its client and its expiry. */
export const grantScopeSchema = z.strictObject({
  connection: connectionSlugSchema,
  ...allowed,
  limits: limitsSchema.optional(),
});
export type GrantScope = z.infer<typeof grantScopeSchema>;
