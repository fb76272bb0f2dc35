import { type ErrorCode, WritError } from '@writ/core';
import { appendIfCurrent, appendIn, type Change, isVaultKey, recordChanges, type Tx } from '@writ/store';
import type { Services } from '../context.ts';
import type { BrokerEvent } from '../event.ts';
import type { RecordResult } from '../record/authorize.ts';
import type { DecidedRequest } from '../record/digest.ts';
import { requestEvent } from '../record/request-event.ts';

/** What is recorded of a request that has to wait, in the transaction that makes what it waits for. */
export interface WaitingRecord {
  readonly request: DecidedRequest;
  /** What its caller is refused with. */
  readonly code: ErrorCode;
  readonly happened: readonly BrokerEvent[];
  readonly changes: readonly Change[];
  /** What has not happened where this broker's key is no more: a sentence. */
  readonly otherwise: string;
}

/**
 * Records that a request waits, and what was made for it. Returns the epochs that have moved: then nothing was recorded, and the caller
 * must roll back. Throws `WritError` (`unavailable`) where what was sealed for it could not be opened any more.
 */
export async function recordWaiting(
  services: Services,
  tx: Tx,
  { request, code, happened, changes, otherwise }: WaitingRecord,
): Promise<RecordResult['stale']> {
  const writing = { organization_id: services.organization_id, now: services.now() };
  const event = requestEvent(request, services.deriveKey('audit_digest'), code);
  const { stale } = await appendIfCurrent(tx, { ...writing, event, epochs: request.epochs });
  if (stale.length > 0) return stale;
  for (const one of happened) await appendIn(tx, { ...writing, event: one });
  await recordChanges(tx, { ...writing, changes });
  if (!(await isVaultKey(tx, services)))
    throw new WritError('unavailable', { detail: `The key-encryption key was replaced. ${otherwise}` });
  return [];
}
