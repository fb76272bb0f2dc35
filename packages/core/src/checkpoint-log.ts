import { type ChainExpectation, type ChainFault, type ChainReport, verifyChain } from './audit-chain.ts';
import { appendLeaf, EMPTY_TREE, leafHash, rootHash } from './merkle.ts';

/** What somebody has signed: a log's size and root. `name` is how a sentence calls it: `the checkpoint in log.txt`. */
export interface SignedTree {
  readonly name: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** What is known of a log from elsewhere: of its chain, and of its tree. */
export interface LogExpectation extends Pick<ChainExpectation, 'head'> {
  readonly signed: readonly SignedTree[];
}

/** What checking a log found. `rewritten`: its chain is whole, but is not the one that was signed. */
export type LogReport =
  | Extract<ChainReport, { readonly whole: true }>
  | { readonly whole: false; readonly seq: number; readonly fault: ChainFault | 'rewritten'; readonly detail: string };

/**
 * Checks a whole log, from its first entry, against its own chain and against what was signed of it. The roots are computed from
 * the entries alone. A log that was written anew from some entry on, chain and all, is noticed by `signed`, and so is a cut-off end.
 */
export async function verifyLog(
  entries: Iterable<string> | AsyncIterable<string>,
  { signed, ...expected }: LogExpectation,
): Promise<LogReport> {
  const roots = new Map([[0, rootHash(EMPTY_TREE)]]);
  const sizes = new Set(signed.map(({ size }) => size));
  const watched = async function* (): AsyncGenerator<string> {
    let tree = EMPTY_TREE;
    for await (const entry of entries) {
      tree = appendLeaf(tree, leafHash(entry)).tree;
      if (sizes.has(tree.size)) roots.set(tree.size, rootHash(tree));
      yield entry;
    }
  };
  const report = await verifyChain(watched(), expected);
  return report.whole ? (contradiction(signed, { roots, entries: report.entries }) ?? report) : report;
}

interface Found {
  readonly roots: ReadonlyMap<number, Uint8Array>;
  readonly entries: number;
}

/** The first of what was signed, by size, that the log does not bear out. */
function contradiction(signed: readonly SignedTree[], { roots, entries }: Found): LogReport | undefined {
  let good = 0;
  for (const { name, size, root } of [...signed].sort((a, b) => a.size - b.size)) {
    const found = roots.get(size);
    if (found === undefined) {
      const missing = size - entries;
      const detail = `The log ends with entry ${entries}, but ${name} was signed over ${size} entries: ${missing} ${missing === 1 ? 'is' : 'are'} missing at the end.`;
      return { whole: false, seq: entries + 1, fault: 'truncated', detail };
    }
    if (!Buffer.from(found).equals(root)) {
      const detail = `Of entries ${good + 1} to ${size}, at least one is not what ${name} was signed over: history was rewritten.`;
      return { whole: false, seq: good + 1, fault: 'rewritten', detail };
    }
    good = size;
  }
  return undefined;
}
