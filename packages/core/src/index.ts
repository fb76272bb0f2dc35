/**
 * The domain's values and pure rules, by folder: `text` and `json` (foreign text and JSON made safe, values kept by text), `machine` (the
 * rules for hosts and private files), `identity` (ids, secrets, kinds of client), `errors` (the one error table), `scope` (what a grant or
 * guardrail may say), `request` (the values of a request after each step), `decide` (whether it is allowed), `audit` (the log's chain and
 * its proofs), `data` (the file of a backup or an export). Pure: no I/O, no clock, no randomness. Imports no other package of the
 * workspace.
 */
export { type AuditDraft, type AuditHead, chainEntry, draftEntry, GENESIS_HASH } from './audit/chain.ts';
export { type Checkpoint, openCheckpoint, parseCheckpointText, signCheckpoint } from './audit/checkpoint.ts';
export { type LogReport, type SignedTree, verifyLog } from './audit/checkpoint-log.ts';
export { AUDIT_KINDS, AUDIT_RESULTS, type AuditKind, type AuditResult, OAUTH_CODES } from './audit/event.ts';
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
} from './audit/merkle.ts';
export { verifyConsistency, verifyInclusion } from './audit/merkle-verify.ts';
export { PRUNED, type Prune, pruneData } from './audit/prune.ts';
export { formatNoteVerifier, type NoteSigner, type NoteVerifier, parseNoteVerifier } from './audit/signed-note.ts';
export {
  backupName,
  DataFileForm,
  type DataHeader,
  type DataRow,
  type FileKey,
  openDataFile,
  verifyDataFile,
  writeDataFile,
} from './data/data-file.ts';
export { chunksOf, linesOf } from './data/lines.ts';
export { conditionHolds, coversEnvironment, everyThere } from './decide/cover.ts';
export { decide } from './decide/decide.ts';
export type { ChainLink, Decision, LimitCharge, Reason } from './decide/decision.ts';
export { type GuardedPair, guardPair, restrictsAt } from './decide/guard.ts';
export { limitKey, refuseReached } from './decide/limits.ts';
export type { NextStep, Problem, ProblemOperation } from './decide/problem.ts';
export { isNeverStanding, neverStanding, standsFor, wantedYeses } from './decide/standing-yes.ts';
export { refuseUncoverable } from './decide/uncoverable.ts';
export type { Standing } from './decide/when.ts';
export { defined } from './defined.ts';
export {
  ERROR_CODES,
  type ErrorCode,
  type FieldProblem,
  statusOf,
  type TokenHolder,
  titleOf,
  WritError,
} from './errors/error.ts';
export { inputProblems, unstorableProblem } from './errors/input-problems.ts';
export { CLIENT_KINDS, type ClientKind } from './identity/client-kind.ts';
export {
  CI_SYSTEMS,
  type CiIdentity,
  type CiSystemId,
  ciIdentitySchema,
  type FederatedAuth,
  federatedAuthSchema,
} from './identity/federated.ts';
export { BEARER_PREFIXES, isId, makeId, type RandomBytes } from './identity/id.ts';
export { type PasswordOwner, passwordProblem, SHORTEST_PASSWORD } from './identity/password.ts';
export { Secret } from './identity/secret.ts';
export { canonicalJson, type WritableObject, WrittenJson } from './json/canonical-json.ts';
export { digestOf, sha256Hex } from './json/digest.ts';
export { type PathStep, pathSteps, replaceAt, valuesAt } from './json/dotted-path.ts';
export { isJsonObject, type JsonObject, type JsonValue } from './json/json.ts';
export {
  JSON_LIMITS,
  JsonError,
  type JsonFault,
  type JsonRules,
  parseJsonObjectStrictly,
  parseJsonStrictly,
} from './json/strict-json.ts';
export { isLoopbackHost, isLoopbackUrl } from './machine/loopback.ts';
export { makeFolders, problemOfFolderOf, problemOfPrivatePlace } from './machine/private-place.ts';
export { systemCode, systemReason } from './machine/system-error.ts';
export { onceFor } from './once-for.ts';
export { Authorized, type AuthorizedValue, isAuthorized } from './request/authorize.ts';
export {
  type BlastIds,
  type BlastItem,
  type BlastRadius,
  blastIds,
  type Confirmation,
  type Described,
  type DescribedEnvironment,
  type DescribedTarget,
  isSameBlast,
  namedIn,
  type StoredState,
} from './request/described.ts';
export { differentParts, PART_NAMES, type PartName, type PartValues, partWords } from './request/parts.ts';
export type {
  Operation,
  ProviderRequest,
  ReachedEnvironment,
  Rename,
  ResolvedOperation,
  Resource,
} from './request/pipeline.ts';
export { Canonical, Classified, type ClassifiedValue, Resolved, type ResolvedValue } from './request/steps.ts';
export { compactScope, parseCompact } from './scope/compact.ts';
export { checkDeployOnly } from './scope/deploy-only.ts';
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
} from './scope/detail.ts';
export { EFFECTS, type Effect, effectSchema, isWorse, worstEffect } from './scope/effect.ts';
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
} from './scope/environment.ts';
export {
  type Guardrail,
  guardrailSchema,
  isSamePlace,
  OUTCOMES,
  type Outcome,
  outcomeSchema,
  SHIPPED_GUARDRAILS,
  TARGET_ID,
  TARGET_NAME,
  type When,
  whenLines,
} from './scope/guardrail.ts';
export { type Limit, limitSchema, limitsSchema, limitText, measureOf, mostOf } from './scope/limit.ts';
export {
  allows,
  matchesName,
  narrowestSelector,
  parseSelector,
  restricts,
  type SelectedOperation,
  type Selector,
  selects,
} from './scope/selector.ts';
export {
  COMPARISONS,
  type Comparison,
  comparisonText,
  conditionLine,
  durationText,
  joinPieces,
  lineText,
  readComparison,
  readCondition,
  readDuration,
  readExpiry,
  readLimit,
  readLineText,
} from './scope/written.ts';
export { countCharacters, inert, inertLine } from './text/inert.ts';
export { readMediaType } from './text/media-type.ts';
export { nearest } from './text/nearest.ts';
export { shellWord } from './text/shell.ts';
export { isStorableText, unstorablePath } from './text/storable.ts';
export { makeTextCache, type TextCache } from './text/text-cache.ts';
export { counted, joined } from './text/words.ts';
export { VERSION } from './version.ts';
