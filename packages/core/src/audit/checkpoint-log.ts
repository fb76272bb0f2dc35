import { counted } from '../text/words.ts';
import { type ChainExpectation, type ChainFault, type ChainReport, verifyChain } from './chain.ts';
import { addNode, EMPTY_TREE, leafHash, type MerkleNode, peakNodes, rootHash } from './merkle.ts';

/** The size and root of a log, as somebody has signed them. `name` is its name in sentences: `the checkpoint in log.txt`. */
export interface SignedTree {
  readonly name: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Facts about a log that the caller knows from another source: of its chain, and of its tree. */
export interface LogExpectation extends Pick<ChainExpectation, 'head'> {
  readonly signed: readonly SignedTree[];
}

/** The result of checking a log. `rewritten`: its chain is whole, but it is not the log that was signed. */
export type LogReport =
  | Extract<ChainReport, { readonly whole: true }>
  | { readonly whole: false; readonly seq: number; readonly fault: ChainFault | 'rewritten'; readonly detail: string };

/**
 * Checks a whole log, from its first entry or from the end of the pruned ones, against its own chain and against signed trees. The roots
 * are computed from the entries, and from what the log says about pruned ones: if that is false, the roots are not the signed ones.
 * `signed` also shows a log that was written again from some entry on with a correct chain, and a cut-off end. A signed tree that holds
 * pruned entries only cannot be checked here: that takes a consistency proof.
 */
export async function verifyLog(
  entries: Iterable<string> | AsyncIterable<string>,
  { signed, ...expected }: LogExpectation,
): Promise<LogReport> {
  const sizes = new Set(signed.map(({ size }) => size));
  const rows = new Map<number, readonly MerkleNode[]>();
  const watched = async function* (): AsyncGenerator<string> {
    let row: readonly MerkleNode[] = [];
    let size: number | undefined;
    for await (const entry of entries) {
      size ??= firstSeq(entry) - 1;
      if (row.length === 0) rows.set(size, row);
      row = addNode(row, { level: 0, index: size, hash: leafHash(entry) });
      size += 1;
      if (sizes.has(size)) rows.set(size, row);
      yield entry;
    }
    if (size === undefined) rows.set(0, []);
  };
  const report = await verifyChain(watched(), expected);
  if (!report.whole) return report;
  const pruned = report.pruned?.last ?? 0;
  const before = report.pruned === undefined ? [] : (peakNodes(report.pruned.tree) ?? []);
  const rootOf = (size: number): Uint8Array | undefined => {
    const peaks = rows.get(size)?.reduce(addNode, before);
    return peaks && rootHash({ size, peaks: peaks.map(({ hash }) => hash) });
  };
  return (
    contradiction(signed, {
      rootOf: (size) => (size === 0 ? rootHash(EMPTY_TREE) : rootOf(size)),
      pruned,
      end: report.head.seq,
    }) ?? report
  );
}

/** Reads the number of an entry before its chain is checked; 1 if it has none. */
function firstSeq(entry: string): number {
  try {
    const { seq }: { readonly seq?: unknown } = Object(JSON.parse(entry));
    return typeof seq === 'number' && Number.isSafeInteger(seq) && seq > 0 ? seq : 1;
  } catch {
    return 1;
  }
}

interface Found {
  readonly rootOf: (size: number) => Uint8Array | undefined;
  /** The numbers of the last pruned entry and of the last entry. */
  readonly pruned: number;
  readonly end: number;
}

/** Returns the report for the smallest signed tree that does not agree with the log; undefined if all agree. */
function contradiction(signed: readonly SignedTree[], { rootOf, pruned, end }: Found): LogReport | undefined {
  let good = 0;
  for (const { name, size, root } of [...signed].sort((a, b) => a.size - b.size)) {
    const found = rootOf(size);
    if (size > 0 && size < pruned) {
      const detail = `${capital(name)} was signed over ${size} entries, all of which were pruned since, with those up to ${pruned}. Give one that covers more, or run \`writ audit checkpoint\`: it proves that the broker's log still begins with the one saved.`;
      return { whole: false, seq: size, fault: 'pruned', detail };
    }
    if (found === undefined) {
      const detail = `The log ends with entry ${end}, but ${name} was signed over ${size} entries: ${counted(size - end, 'is', 'are')} missing at the end.`;
      return { whole: false, seq: end + 1, fault: 'truncated', detail };
    }
    if (!Buffer.from(found).equals(root)) {
      const detail = `Of entries ${good + 1} to ${size}, at least one is not what ${name} was signed over: history was rewritten.`;
      return { whole: false, seq: good + 1, fault: 'rewritten', detail };
    }
    good = size;
  }
  return undefined;
}

function capital(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}
