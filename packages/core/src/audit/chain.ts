import { defined } from '../defined.ts';
import { canonicalJson, canonicalName, sortedNames } from '../json/canonical-json.ts';
import { sha256Hex } from '../json/digest.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { type Prune, readPrune } from './prune.ts';

/** The version of entries: their member `v`. */
const AUDIT_ENTRY_VERSION = 1;

/** `prev` of the first entry. */
export const GENESIS_HASH = '0'.repeat(64);

/** The end of a log: its last `seq`, 0 for an empty log, and the SHA-256 of that entry in lower-case hex. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** An entry without `seq` and `prev`, already in canonical JSON: to chain it takes only a concatenation and a hash. */
export interface AuditDraft {
  readonly beforePrev: string;
  readonly beforeSeq: string;
  readonly afterSeq: string;
}

/** The members that the chain sets, and that an event therefore may not have. */
const RESERVED = ['v', 'at', 'seq', 'prev'];

/**
 * Prepares an entry of the event's members, `at` (RFC 3339, milliseconds) and `v`. Throws a `TypeError` for a reserved member, or for a
 * value that JSON does not have.
 */
export function draftEntry(event: object, at: string): AuditDraft {
  const members: Readonly<Record<string, unknown>> = { ...event, at, v: AUDIT_ENTRY_VERSION };
  for (const name of RESERVED) {
    if (Reflect.get(event, name) !== undefined)
      throw new TypeError(`an audit event cannot have a member called ${name}`);
  }
  let [beforePrev, beforeSeq, afterSeq] = ['', '', ''];
  for (const name of sortedNames(members)) {
    const value = members[name];
    if (value === undefined) continue;
    const text = `${canonicalName(name)}${canonicalJson(value)},`;
    if (name < 'prev') beforePrev += text;
    else if (name < 'seq') beforeSeq += text;
    else afterSeq += text;
  }
  return { beforePrev, beforeSeq, afterSeq };
}

/** Chains a draft to the entry before it: the entry's canonical JSON (RFC 8785), and the new head. */
export function chainEntry(draft: AuditDraft, after: AuditHead): { readonly text: string; readonly head: AuditHead } {
  const seq = after.seq + 1;
  const { beforePrev, beforeSeq, afterSeq } = draft;
  const text = `{${beforePrev}"prev":"${after.hash}",${beforeSeq}"seq":${seq},${afterSeq.slice(0, -1)}}`;
  return { text, head: { seq, hash: sha256Hex(text) } };
}

/** A fault of a log. `pruned`: the log may be right, but it was to be checked against entries that were removed. */
export type ChainFault = 'malformed' | 'not_canonical' | 'missing' | 'out_of_order' | 'edited' | 'truncated' | 'pruned';

/**
 * The result of checking a log: it is whole up to `head`, or its first entry with a fault. `pruned`: the entries removed from its
 * beginning, according to the log itself.
 */
export type ChainReport =
  | { readonly whole: true; readonly entries: number; readonly head: AuditHead; readonly pruned?: Prune }
  | { readonly whole: false; readonly seq: number; readonly fault: ChainFault; readonly detail: string };

/** Facts about a log that the caller knows from another source. */
export interface ChainExpectation {
  /** The entry before the first one given; by default the log's beginning, or the last pruned entry. */
  readonly after?: AuditHead;
  /** An entry it must contain, the last or an earlier one. Without it, a cut-off end or an edited last entry cannot be noticed. */
  readonly head?: AuditHead;
}

/**
 * Checks a log; each item is the exact text of one entry, in order. Finds edited, removed, inserted and reordered entries and tells their
 * `seq`; a cut-off end only by `expected.head`. A log may begin with a later entry than its first if one of its entries says that the
 * earlier ones were pruned, and gives the hash of the last of those.
 */
export async function verifyChain(
  entries: Iterable<string> | AsyncIterable<string>,
  expected: ChainExpectation = {},
): Promise<ChainReport> {
  let head: AuditHead | undefined = expected.after;
  let begin: AuditHead | undefined;
  let pruned: Prune | undefined;
  let count = 0;
  for await (const text of entries) {
    const entry = parse(text);
    if (head === undefined) {
      begin = beginOf(entry);
      head = begin;
    }
    const fault = judge(text, { entry, before: head }) ?? unexpected(text, head.seq + 1, expected.head);
    if (fault) return fault;
    pruned ??= entry && explains(readPrune(entry), begin);
    head = { seq: head.seq + 1, hash: sha256Hex(text) };
    count += 1;
  }
  head ??= { seq: 0, hash: GENESIS_HASH };
  if (begin !== undefined && begin.seq > 0 && pruned === undefined) return unexplained(begin.seq);
  const fault = expected.head && unreached(expected.head, { begin, end: head });
  return fault ?? { whole: true, entries: count, head, ...defined({ pruned }) };
}

/** Checks that a known entry is in the log, or is the last of the pruned entries. */
function unreached(
  known: AuditHead,
  { begin, end }: { readonly begin: AuditHead | undefined; readonly end: AuditHead },
): ChainReport | undefined {
  const { seq } = known;
  if (seq > end.seq)
    return broken(end.seq + 1, 'truncated', `The log ends with entry ${end.seq}, but once had ${seq}.`);
  if (begin === undefined || seq === 0 || seq > begin.seq) return undefined;
  if (seq < begin.seq) {
    return broken(seq, 'pruned', `Entry ${seq} is not there any more: the log was pruned up to entry ${begin.seq}.`);
  }
  return known.hash === begin.hash ? undefined : otherThanKnown(seq);
}

/** Returns the head before the log's first entry, read from that entry. A later check must show that it is true. */
function beginOf(entry: JsonObject | undefined): AuditHead {
  const { seq, prev } = entry ?? {};
  const isLater = typeof seq === 'number' && Number.isSafeInteger(seq) && seq > 1 && typeof prev === 'string';
  return isLater ? { seq: seq - 1, hash: prev } : { seq: 0, hash: GENESIS_HASH };
}

function explains(prune: Prune | undefined, begin: AuditHead | undefined): Prune | undefined {
  return prune !== undefined && prune.last === begin?.seq && prune.last_hash === begin.hash ? prune : undefined;
}

function unexplained(last: number): ChainReport {
  const what = last === 1 ? 'Entry 1 is missing' : `Entries 1 to ${last} are missing`;
  return broken(1, 'missing', `${what}, and no later entry says that just these were pruned.`);
}

function judge(
  text: string,
  { entry, before }: { readonly entry: JsonObject | undefined; readonly before: AuditHead },
): ChainReport | undefined {
  const seq = before.seq + 1;
  if (!entry) return broken(seq, 'malformed', `What should be entry ${seq} is not a JSON object.`);
  const found = entry['seq'];
  if (typeof found !== 'number') return broken(seq, 'malformed', `What should be entry ${seq} has no number.`);
  if (found > seq) return broken(seq, 'missing', `Entry ${seq} is missing: entry ${found} comes where it should be.`);
  if (found < seq)
    return broken(found, 'out_of_order', `Entry ${found} comes again, or too late, after entry ${before.seq}.`);
  if (!isCanonical(entry, text)) return broken(seq, 'not_canonical', `Entry ${seq} is not written as Writ writes it.`);
  if (entry['prev'] === before.hash) return undefined;
  return before.seq === 0
    ? broken(seq, 'edited', 'Entry 1 does not begin a log.')
    : broken(before.seq, 'edited', `Entry ${before.seq} is not the one that entry ${seq} was chained to.`);
}

/** Checks that the entry with the `seq` of a known entry has the known hash. */
function unexpected(text: string, seq: number, known: AuditHead | undefined): ChainReport | undefined {
  if (known?.seq !== seq || known.hash === sha256Hex(text)) return undefined;
  return otherThanKnown(seq);
}

function otherThanKnown(seq: number): ChainReport {
  return broken(seq, 'edited', `Entry ${seq} is not the one that is known from elsewhere.`);
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Tells whether the text is the canonical JSON of the entry. It is not with duplicate members, white space or other spellings. */
function isCanonical(entry: JsonObject, text: string): boolean {
  try {
    return canonicalJson(entry) === text;
  } catch {
    return false;
  }
}

function broken(seq: number, fault: ChainFault, detail: string): ChainReport {
  return { whole: false, seq, fault, detail };
}
