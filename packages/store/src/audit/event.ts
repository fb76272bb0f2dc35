import { type AuditDraft, draftEntry, type WritableObject, WritError } from '@writ/core';
import type { EpochScope } from '../schema/index.ts';

/** The largest entry, in bytes of UTF-8: what a tile of a transparency log can hold. */
const LARGEST = 65_000;

/**
 * An event to record. The log adds `v`, `seq`, `at` and `prev`. Lists can be filtered by every member but `data`, which holds
 * the rest of the record. The caller has made texts from outside inert and replaced secrets by their keyed digests.
 */
export interface AuditEvent {
  /** Noun and past participle: `grant.created`, `request.allowed`. */
  readonly kind: string;
  /** `user:<id>`, `client:<id>` or `system`. */
  readonly actor?: string;
  readonly client_id?: string;
  readonly task_id?: string;
  /** A connection's slug. */
  readonly connection?: string;
  readonly operations?: readonly string[];
  readonly result?: string;
  readonly request_id?: string;
  readonly data?: WritableObject;
}

/** Something that can be stopped as a whole, by its id; the organization's own id for `organization`. */
export interface EpochKey {
  readonly scope: EpochScope;
  readonly subject: string;
}

/** The epochs that a decision relied on. */
export type EpochVector = readonly (EpochKey & { readonly epoch: number })[];

/** An event ready to be chained, and the columns that repeat some of it for filters. */
export interface PreparedEvent {
  readonly draft: AuditDraft;
  readonly columns: EventColumns;
}

/** `at` is RFC 3339. */
export interface EventColumns {
  readonly at: string;
  readonly kind: string;
  readonly actor: string | null;
  readonly client_id: string | null;
  readonly task_id: string | null;
  readonly connection: string | null;
  readonly operations: string[] | null;
  readonly result: string | null;
  readonly request_id: string | null;
}

/** Prepares an event of the moment `at` (ms). Throws `WritError` (`internal`) for one that cannot be written: in a batch it would stop all. */
export function prepareEvent(event: AuditEvent, at: number): PreparedEvent {
  const moment = new Date(at).toISOString();
  return { draft: draftOf(event, moment), columns: columnsOf(event, moment) };
}

function columnsOf(event: AuditEvent, at: string): EventColumns {
  return {
    at,
    kind: storable(event.kind),
    actor: optional(event.actor),
    client_id: optional(event.client_id),
    task_id: optional(event.task_id),
    connection: optional(event.connection),
    operations: event.operations && event.operations.length > 0 ? event.operations.map(storable) : null,
    result: optional(event.result),
    request_id: optional(event.request_id),
  };
}

function draftOf(event: AuditEvent, moment: string): AuditDraft {
  const draft = attempt(event, moment);
  const size = sizeOf(draft);
  if (size > LARGEST)
    throw new WritError('internal', { detail: `An audit event of ${size} bytes is too large to be recorded.` });
  return draft;
}

/** The length in bytes of UTF-8. For a text far below the limit it is an upper bound, found without reading the text. */
function sizeOf({ beforePrev, beforeSeq, afterSeq }: AuditDraft): number {
  const most = (beforePrev.length + beforeSeq.length + afterSeq.length) * 3;
  if (most <= LARGEST) return most;
  return Buffer.byteLength(beforePrev) + Buffer.byteLength(beforeSeq) + Buffer.byteLength(afterSeq);
}

function attempt(event: AuditEvent, moment: string): AuditDraft {
  try {
    if (event.kind === '') throw new TypeError('an audit event needs a kind');
    return draftEntry(event, moment);
  } catch (cause) {
    throw new WritError('internal', { detail: 'An audit event cannot be written as JSON.', cause });
  }
}

/** Characters that Postgres cannot hold in texts, and the one that separates values in the statement that records a batch. */
const UNSTORABLE = ['\0', '\x01', '\x02', '\n'];

/** Printable ASCII holds none of these characters, and nearly every text is printable ASCII. */
const PLAIN = /^[\x20-\x7e]*$/;

/** A text as the filter columns hold it. The entry itself keeps every character, escaped. */
export function storable(text: string): string {
  if (PLAIN.test(text)) return text;
  return UNSTORABLE.reduce((rest, character) => rest.replaceAll(character, '\u{fffd}'), text);
}

/** An empty text is treated like an absent one. */
function optional(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : storable(text);
}
