import { z } from 'zod';

/** The classes of harm, mildest first (model#effect). */
export const EFFECTS = ['read', 'write', 'reveal', 'execute', 'destroy', 'escalate'] as const;

/** One class of harm. */
export const effectSchema = z.enum(EFFECTS);
export type Effect = z.infer<typeof effectSchema>;

/** Tells whether `a` is worse than `b`. */
export function isWorse(a: Effect, b: Effect): boolean {
  return EFFECTS.indexOf(a) > EFFECTS.indexOf(b);
}

/** Returns the worst of the effects given; `read` for none. */
export function worstEffect(effects: Iterable<Effect>): Effect {
  let worst: Effect = 'read';
  for (const effect of effects) if (isWorse(effect, worst)) worst = effect;
  return worst;
}
