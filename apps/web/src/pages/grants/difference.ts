import type { Pair } from '../../parts/grant/words.ts';

/** A line of a text before and after: in both, or in one of them. */
export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

/** Compares two texts line by line. What is gone stands where it stood, what is new after it. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  const kept = new Set(fresh);
  const known = new Set(old);
  const lines: DiffLine[] = [];
  let at = 0;
  const addNew = (until: string | undefined): void => {
    while (at < fresh.length && fresh[at] !== until && !known.has(fresh[at] ?? '')) {
      lines.push({ kind: 'new', text: fresh[at] ?? '' });
      at += 1;
    }
  };
  for (const text of old) {
    if (!kept.has(text)) {
      lines.push({ kind: 'gone', text });
      continue;
    }
    addNew(text);
    lines.push({ kind: 'same', text });
    if (fresh[at] === text) at += 1;
  }
  for (; at < fresh.length; at += 1)
    if (!known.has(fresh[at] ?? '')) lines.push({ kind: 'new', text: fresh[at] ?? '' });
  return lines;
}

/** What changes for one operation in one environment. `before` and `after` are undefined where it was, or is, not covered. */
export interface PairChange {
  readonly key: string;
  readonly before: Pair | undefined;
  readonly after: Pair | undefined;
}

/** What becomes possible, what stops, and what only comes out differently: for other resources or arguments, or otherwise. */
export interface Difference {
  readonly begins: readonly PairChange[];
  readonly stops: readonly PairChange[];
  readonly differs: readonly PairChange[];
}

/** Compares what a grant reached with what it would reach. A pair that a guardrail denies counts as not reached. */
export function differenceOf(before: readonly Pair[], after: readonly Pair[]): Difference {
  const [old, fresh] = [reached(before), reached(after)];
  const begins: PairChange[] = [];
  const differs: PairChange[] = [];
  for (const [key, pair] of fresh) {
    const was = old.get(key);
    if (was === undefined) begins.push({ key, before: undefined, after: pair });
    else if (was.narrowed !== pair.narrowed) differs.push({ key, before: was, after: pair });
  }
  const stops = [...old].flatMap(([key, pair]) => (fresh.has(key) ? [] : [{ key, before: pair, after: undefined }]));
  return { begins, stops, differs };
}

/** What is said where no pair begins, or none stops: that nothing does only where all was compared, and what narrows is the same too. */
export function nothingText(nothing: string, { isWhole, isTurned }: { isWhole: boolean; isTurned: boolean }): string {
  if (!isWhole) return 'Nothing in the part that was compared.';
  return isTurned ? 'No operation: see above for what else changes.' : nothing;
}

function reached(pairs: readonly Pair[]): ReadonlyMap<string, Pair> {
  return new Map(
    pairs
      .filter(({ outcome }) => outcome !== 'deny')
      .map((pair) => [`${pair.environment} ${pair.operation}:${pair.effect}`, pair]),
  );
}
