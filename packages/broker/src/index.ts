/**
 * The product's verbs: folder = noun, file = verb, signature `(ctx, input)`.
 * Never speaks HTTP: endpoints translate, verbs act.
 */
export * from './context.ts';
