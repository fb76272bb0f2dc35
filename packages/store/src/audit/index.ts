/** The hash-chained log: recording in batches with the epoch check, recording in a transaction, reading, and the change feed. */
export type { Appended } from './batch.ts';
export { type CountedCall, countCall } from './breaker.ts';
export { readEpochs } from './epochs.ts';
export type { AuditEvent, EpochKey, EpochVector } from './event.ts';
export { type ChangeFeed, type WatchOptions, watchChanges } from './feed.ts';
export { type AuditFilter, prunedUpTo } from './filter.ts';
export { noteGrantUses } from './grant-uses.ts';
export { countAuditEvents } from './histogram.ts';
export {
  appendIfCurrent,
  appendIn,
  bumpEpochs,
  type Change,
  type LogScope,
  lockHead,
  pruneChanges,
  recordChanges,
} from './in-transaction.ts';
export type { IssuedToken } from './issued.ts';
export * from './list.ts';
export { type AuditLog, type AuditLogOptions, type Conditions, openAuditLog } from './log.ts';
export { lastDecided, type RenamingEvents, recentOfKinds, recentRefusals, renamingEvents } from './recent.ts';
export { readTokenStanding, type TokenStanding } from './token-standing.ts';
