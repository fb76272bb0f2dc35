/**
 * The domain's values: zod schemas, selectors, details, `decide`, ids, `Secret`, the one error table, digests.
 * Pure: no I/O, no clock, no randomness. Imports no other package of the workspace.
 */

export * from './audit-chain.ts';
export * from './audit-event.ts';
export * from './audit-prune.ts';
export { type Authorized, type AuthorizedValue, isAuthorized } from './authorize.ts';
export * from './canonical-json.ts';
export * from './checkpoint.ts';
export * from './checkpoint-log.ts';
export * from './client-kind.ts';
export * from './compact.ts';
export * from './cover.ts';
export * from './decide.ts';
export * from './decision.ts';
export * from './deploy-only.ts';
export * from './detail.ts';
export * from './digest.ts';
export * from './effect.ts';
export * from './environment.ts';
export * from './error.ts';
export * from './federated.ts';
export * from './guard.ts';
export * from './guardrail.ts';
export * from './id.ts';
export * from './inert.ts';
export * from './input-problems.ts';
export * from './json.ts';
export * from './loopback.ts';
export * from './media-type.ts';
export * from './merkle.ts';
export * from './merkle-verify.ts';
export * from './nearest.ts';
export * from './password.ts';
export * from './pipeline.ts';
export * from './private-place.ts';
export * from './problem.ts';
export * from './secret.ts';
export * from './selector.ts';
export * from './signed-note.ts';
export type { Canonical, Classified, ClassifiedValue, Resolved, ResolvedValue } from './steps.ts';
export * from './storable.ts';
export * from './strict-json.ts';
export * from './system-error.ts';
export * from './uncoverable.ts';
export * from './words.ts';
