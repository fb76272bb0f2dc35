import { z } from 'zod';
import { defined } from '../defined.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import { argumentConditionSchema } from './detail.ts';
import { environmentKindSchema, environmentSlugSchema } from './environment.ts';
import { operationSelectorSchema } from './selector.ts';
import { comparisonText } from './written.ts';

/** The outcomes of a guardrail for a pair, mildest first. */
export const OUTCOMES = ['allow', 'approve', 'hold', 'deny'] as const;
export const outcomeSchema = z.enum(OUTCOMES);
export type Outcome = z.infer<typeof outcomeSchema>;

/** The path in `when` of the ids of a call's targets. */
export const TARGET_ID = 'target.id';

/** The path in `when` of the names of a call's targets, as the provider spells them after they were looked up. */
export const TARGET_NAME = 'target.name';

/** The most paths in one `when`. */
const MOST_PATHS = 8;

/** Conditions of a guardrail, by dotted path, one comparison each (model#when). */
const whenSchema = z
  .record(z.string().min(1).max(300), argumentConditionSchema)
  .refine(
    (when) => Object.keys(when).length > 0 && Object.keys(when).length <= MOST_PATHS,
    `must name one to ${MOST_PATHS} paths`,
  );
export type When = z.infer<typeof whenSchema>;

/** Conditions as people read and write them, for each path `input.amount at_least 5000`. */
export function whenLines(when: When): string[] {
  return Object.entries(when).map(([path, condition]) => `${path} ${comparisonText(condition)}`);
}

/**
 * A rule that no grant can override (model#guardrail). `environments` is an environment's slug or a kind (`protected`, `ephemeral`,
 * `other`); `connection` limits it to one connection. `when` limits it to calls by
 * their arguments and targets. `hold_minutes` stands with `hold` only, and must stand there. `quorum`, with `approve`
 * only, is how many people must say yes where one is not enough.
 */
export const guardrailSchema = z
  .strictObject({
    connection: z.string().optional(),
    environments: z.union([environmentKindSchema, environmentSlugSchema]),
    operations: operationSelectorSchema,
    when: whenSchema.optional(),
    outcome: outcomeSchema,
    hold_minutes: z
      .number()
      .int()
      .min(1)
      .max(7 * 24 * 60)
      .optional(),
    quorum: z.number().int().min(2).max(5).optional(),
  })
  .refine((rule) => (rule.outcome === 'hold') === (rule.hold_minutes !== undefined), {
    message: 'hold_minutes goes with the outcome hold, and only there',
    path: ['hold_minutes'],
  })
  .refine((rule) => rule.outcome === 'approve' || rule.quorum === undefined, {
    message: 'quorum goes with the outcome approve only',
    path: ['quorum'],
  });
export type Guardrail = z.infer<typeof guardrailSchema>;

/** Tells whether two rules are for the same operations in the same environments, under the same conditions: one takes the place of the other. */
export function isSamePlace(a: Omit<Guardrail, 'outcome'>, b: typeof a): boolean {
  const [one, other] = [a, b].map(({ connection, environments, operations, when }) =>
    canonicalJson({ environments, operations, ...defined({ connection, when }) }),
  );
  return one === other;
}

const on = (environments: string, effect: string, outcome: Outcome, hold_minutes?: number): Guardrail => ({
  environments,
  operations: `*:${effect}`,
  outcome,
  ...defined({ hold_minutes }),
});

/** The shipped set of guardrails (model#guardrail). The environment `shared` counts as protected. */
export const SHIPPED_GUARDRAILS: readonly Guardrail[] = [
  ...(['read', 'write'] as const).map((effect) => on('protected', effect, 'allow')),
  ...(['reveal', 'execute', 'destroy', 'escalate'] as const).map((effect) => on('protected', effect, 'approve')),
  on('protected', 'destroy', 'hold', 60),
  ...(['read', 'write', 'reveal', 'execute'] as const).map((effect) => on('other', effect, 'allow')),
  on('other', 'destroy', 'hold', 5),
  on('other', 'escalate', 'approve'),
  ...(['read', 'write', 'reveal', 'execute', 'destroy'] as const).map((effect) => on('ephemeral', effect, 'allow')),
  on('ephemeral', 'escalate', 'approve'),
];
