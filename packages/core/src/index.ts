/**
 * The domain's values: zod schemas, selectors, details, `decide`, ids, `Secret`, the one error table, digests.
 * Pure: no I/O, no clock, no randomness. Imports no other package of the workspace.
 */
export * from './canonical-json.ts';
export * from './decision.ts';
export * from './detail.ts';
export * from './digest.ts';
export * from './effect.ts';
export * from './environment.ts';
export * from './error.ts';
export * from './guardrail.ts';
export * from './id.ts';
export * from './json.ts';
export * from './pipeline.ts';
export * from './problem.ts';
export * from './secret.ts';
