/**
 * The domain's values: zod schemas, selectors, details, `decide`, ids, `Secret`, the one error table, digests.
 * Pure: no I/O, no clock, no randomness. Imports no other package of the workspace.
 */
export { type AuditDraft, type AuditHead, chainEntry, draftEntry, GENESIS_HASH } from './audit-chain.ts';
export { AUDIT_KINDS, AUDIT_RESULTS, type AuditKind, type AuditResult, OAUTH_CODES } from './audit-event.ts';
export { PRUNED, type Prune, pruneData } from './audit-prune.ts';
export { Authorized, type AuthorizedValue, isAuthorized } from './authorize.ts';
export { canonicalJson } from './canonical-json.ts';
export { type Checkpoint, openCheckpoint, parseCheckpointText, signCheckpoint } from './checkpoint.ts';
export { type LogReport, type SignedTree, verifyLog } from './checkpoint-log.ts';
export { CLIENT_KINDS, type ClientKind } from './client-kind.ts';
export { compactScope, parseCompact } from './compact.ts';
export { coversEnvironment } from './cover.ts';
export { decide } from './decide.ts';
export type { ChainLink, Decision, Reason } from './decision.ts';
export { defined } from './defined.ts';
export { checkDeployOnly } from './deploy-only.ts';
export {
  type ArgumentCondition,
  DEFAULT_TOKEN_LIFE,
  DETAIL_TYPE,
  type Detail,
  detailSchema,
  detailsSchema,
  type GrantScope,
  grantScopeSchema,
  MAX_TOKEN_LIFE,
} from './detail.ts';
export { digestOf, sha256Hex } from './digest.ts';
export { type PathStep, pathSteps, replaceAt, valuesAt } from './dotted-path.ts';
export { EFFECTS, type Effect, effectSchema, isWorse, worstEffect } from './effect.ts';
export {
  connectionSlugSchema,
  type Environment,
  type EnvironmentKind,
  type EnvironmentSelector,
  environmentKindSchema,
  environmentSelectorSchema,
  environmentSlugSchema,
  guardedKind,
  SHARED,
} from './environment.ts';
export {
  ERROR_CODES,
  type ErrorCode,
  type FieldProblem,
  statusOf,
  type TokenHolder,
  titleOf,
  WritError,
} from './error.ts';
export {
  CI_SYSTEMS,
  type CiIdentity,
  type CiSystemId,
  ciIdentitySchema,
  type FederatedAuth,
  federatedAuthSchema,
} from './federated.ts';
export { type GuardedPair, guardPair } from './guard.ts';
export {
  type Guardrail,
  guardrailSchema,
  OUTCOMES,
  type Outcome,
  outcomeSchema,
  SHIPPED_GUARDRAILS,
} from './guardrail.ts';
export { BEARER_PREFIXES, isId, makeId, type RandomBytes } from './id.ts';
export { countCharacters, inert, inertLine } from './inert.ts';
export { inputProblems, unstorableProblem } from './input-problems.ts';
export { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
export { isLoopbackHost, isLoopbackUrl } from './loopback.ts';
export { readMediaType } from './media-type.ts';
export {
  appendLeaf,
  consistencyProof,
  inclusionProof,
  leafHash,
  type MerkleTree,
  type NodeReader,
  nodeHash,
  rootHash,
  treeOf,
} from './merkle.ts';
export { verifyConsistency, verifyInclusion } from './merkle-verify.ts';
export { nearest } from './nearest.ts';
export { type PasswordOwner, passwordProblem, SHORTEST_PASSWORD } from './password.ts';
export type {
  BlastItem,
  BlastRadius,
  Operation,
  ProviderRequest,
  ReachedEnvironment,
  ResolvedOperation,
  Resource,
} from './pipeline.ts';
export { makeFolders, problemOfFolderOf, problemOfPrivatePlace } from './private-place.ts';
export type { NextStep, Problem, ProblemOperation } from './problem.ts';
export { Secret } from './secret.ts';
export { allows, matchesName, parseSelector, type SelectedOperation, type Selector } from './selector.ts';
export { formatNoteVerifier, type NoteSigner, type NoteVerifier, parseNoteVerifier } from './signed-note.ts';
export { Canonical, Classified, type ClassifiedValue, Resolved, type ResolvedValue } from './steps.ts';
export { isStorableText, unstorablePath } from './storable.ts';
export {
  JSON_LIMITS,
  JsonError,
  type JsonFault,
  type JsonRules,
  parseJsonObjectStrictly,
  parseJsonStrictly,
} from './strict-json.ts';
export { systemCode } from './system-error.ts';
export { refuseUncoverable } from './uncoverable.ts';
export { counted } from './words.ts';
