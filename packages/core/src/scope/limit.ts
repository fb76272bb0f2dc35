import { z } from 'zod';
import { operationSelectorSchema } from './selector.ts';

/** For how long a limit counts: a task, or a period of UTC (weeks begin on Monday). */
const perSchema = z.enum(['task', 'hour', 'day', 'week']);

/** The most limits of a grant. */
const MOST_LIMITS = 20;

/** One limit of a grant. */
export const limitSchema = z.union([
  z.strictObject({ operations: operationSelectorSchema, count: z.int().min(1).max(1_000_000_000), per: perSchema }),
  z.strictObject({
    operations: operationSelectorSchema,
    sum: z.string().min(1).max(300),
    most: z.int().min(1),
    per: perSchema,
  }),
]);

/** One limit of a grant (model#limit): at most `count` operations, or at most `most` in the sum of one whole-numbered argument. */
export type Limit = z.infer<typeof limitSchema>;

/** The limits of a grant. One per task needs one of the same operations and measure per hour, day or week beside it. */
export const limitsSchema = z
  .array(limitSchema)
  .min(1)
  .max(MOST_LIMITS)
  .refine((limits) => limits.every((limit) => limit.per !== 'task' || limits.some((other) => isBeside(limit, other))), {
    message:
      'must have, beside a limit per task, one of the same operations per hour, day or week: tasks are begun at will',
  });

function isBeside(limit: Limit, other: Limit): boolean {
  return other.per !== 'task' && other.operations === limit.operations && measureOf(other) === measureOf(limit);
}

/** The most that a limit lets through in its period. */
export function mostOf(limit: Limit): number {
  return 'count' in limit ? limit.count : limit.most;
}

/** The path that a limit adds up; undefined for one that counts operations. */
export function measureOf(limit: Limit): string | undefined {
  return 'count' in limit ? undefined : limit.sum;
}

/** A limit as people write and read it: `5 *:destroy per day`, `50000 in body.amount of PostRefunds per week`. */
export function limitText(limit: Limit): string {
  const { operations, per } = limit;
  return 'count' in limit
    ? `${limit.count} ${operations} per ${per}`
    : `${limit.most} in ${limit.sum} of ${operations} per ${per}`;
}
