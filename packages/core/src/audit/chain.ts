import { defined } from '../defined.ts';
import { canonicalJson, canonicalName, sortedNames } from '../json/canonical-json.ts';
import { sha256Hex } from '../json/digest.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { type Prune, readPrune } from './prune.ts';

/** The version of the entries below: their member `v`. */
const AUDIT_ENTRY_VERSION = 1;

/** `prev` of the first entry. */
export const GENESIS_HASH = '0'.repeat(64);

/** Where a log ends: its last `seq`, 0 when empty, and the SHA-256 of that entry in lower-case hex. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** An entry's members but `seq` and `prev`, already canonical, so that chaining it is only a concatenation and a hash. */
export interface AuditDraft {
  readonly beforePrev: string;
  readonly beforeSeq: string;
  readonly afterSeq: string;
}

/** Members that an event may not have: the chain sets these. */
const RESERVED = ['v', 'at', 'seq', 'prev'];

/**
 * Prepares an entry: the event's members, `at` (RFC 3339, milliseconds) and `v`. Throws a `TypeError` for what JSON cannot say or a
 * reserved member.
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

/** What is wrong with a log. `pruned`: nothing need be wrong, but what was to be checked is of entries that are not there any more. */
export type ChainFault = 'malformed' | 'not_canonical' | 'missing' | 'out_of_order' | 'edited' | 'truncated' | 'pruned';

/**
 * What checking a log found: that it is whole up to `head`, or the first entry that is not as it was written. `pruned`: what was
 * removed from its beginning, as it says itself.
 */
export type ChainReport =
  | { readonly whole: true; readonly entries: number; readonly head: AuditHead; readonly pruned?: Prune }
  | { readonly whole: false; readonly seq: number; readonly fault: ChainFault; readonly detail: string };

/** What is known of a log from elsewhere. */
export interface ChainExpectation {
  /** The entry before the first one given; default the log's beginning, or the last that was pruned. */
  readonly after?: AuditHead;
  /** An entry it must contain, the last or an earlier one. Without it, a cut-off end or an edited last entry cannot be noticed. */
  readonly head?: AuditHead;
}

/**
 * Checks a log: each item is one entry's exact text, in order. Notices edited, removed, inserted and reordered entries and says
 * which `seq`; a cut-off end only against `expected.head`. A log may begin with a later entry than its first where one of its own
 * says that what came before was pruned, and names the hash of the last that was.
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

/** An entry that is known from elsewhere must be among those there are, or be the last of those that were pruned. */
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

/** Where a log that may have been pruned begins, by its first entry: as if it were true what that says, which is still to be shown. */
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

/** An entry that is known from elsewhere must be the very same. */
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

/** False too for duplicate members, white space and other spellings of the same value. */
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
