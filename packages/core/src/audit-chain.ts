import { canonicalJson } from './canonical-json.ts';
import { sha256Hex } from './digest.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/** The version of the entries below: their member `v`. */
export const AUDIT_ENTRY_VERSION = 1;

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

/** Who may not be given: the chain sets these. */
const RESERVED = ['v', 'at', 'seq', 'prev'];

/** Prepares an entry: the event's members, `at` (RFC 3339, milliseconds) and `v`. Throws a `TypeError` for what JSON cannot say or a reserved member. */
export function draftEntry(event: object, at: string): AuditDraft {
  const members: [string, unknown][] = Object.entries(event).filter(([, value]) => value !== undefined);
  const reserved = members.find(([name]) => RESERVED.includes(name));
  if (reserved) throw new TypeError(`an audit event cannot have a member called ${reserved[0]}`);
  members.push(['at', at], ['v', AUDIT_ENTRY_VERSION]);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  let [beforePrev, beforeSeq, afterSeq] = ['', '', ''];
  for (const [name, value] of members) {
    const text = `${canonicalJson(name)}:${canonicalJson(value)},`;
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

/** What is wrong with a log. */
export type ChainFault = 'malformed' | 'not_canonical' | 'missing' | 'out_of_order' | 'edited' | 'truncated';

/** What checking a log found: that it is whole up to `head`, or the first entry that is not as it was written. */
export type ChainReport =
  | { readonly whole: true; readonly entries: number; readonly head: AuditHead }
  | { readonly whole: false; readonly seq: number; readonly fault: ChainFault; readonly detail: string };

/** What is known of a log from elsewhere. */
export interface ChainExpectation {
  /** The entry before the first one given; default the log's beginning. */
  readonly after?: AuditHead;
  /** An entry it must contain, the last or an earlier one. Without it, a cut-off end or an edited last entry cannot be noticed. */
  readonly head?: AuditHead;
}

/**
 * Checks a log: each item is one entry's exact text, in order. Notices edited, removed, inserted and reordered entries and says
 * which `seq`; a cut-off end only against `expected.head`.
 */
export async function verifyChain(
  entries: Iterable<string> | AsyncIterable<string>,
  expected: ChainExpectation = {},
): Promise<ChainReport> {
  let head = expected.after ?? { seq: 0, hash: GENESIS_HASH };
  let count = 0;
  for await (const text of entries) {
    const fault = judge(text, head) ?? unexpected(text, head.seq + 1, expected.head);
    if (fault) return fault;
    head = { seq: head.seq + 1, hash: sha256Hex(text) };
    count += 1;
  }
  if (expected.head && expected.head.seq > head.seq) {
    return broken(head.seq + 1, 'truncated', `The log ends with entry ${head.seq}, but once had ${expected.head.seq}.`);
  }
  return { whole: true, entries: count, head };
}

function judge(text: string, before: AuditHead): ChainReport | undefined {
  const seq = before.seq + 1;
  const entry = parse(text);
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
