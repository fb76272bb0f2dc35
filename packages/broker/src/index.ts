/**
 * The product's verbs: folder = noun, file = verb, signature `(ctx, input)`.
 * Never speaks HTTP: endpoints translate, verbs act.
 */
export { actorName, type Changed, change, type Happening, record } from './audit/record.ts';
export * from './context.ts';
export { createHashing, type HashingOptions } from './password/hashing.ts';
