/**
 * The longest name that is compared, and the most candidates: they bound the cost of a suggestion, since a stranger may choose the name.
 */
const LONGEST = 100;
const MOST_CANDIDATES = 5_000;

/**
 * Returns the candidate closest to a name, for "did you mean": fewest edits, ignoring case; undefined if none is within a third of the
 * name's length. Names over 100 characters are not compared, nor are candidates after the first 5,000.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > LONGEST) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let most = Math.max(1, Math.floor(name.length / 3));
  let looked = 0;
  for (const candidate of candidates) {
    looked += 1;
    if (looked > MOST_CANDIDATES || most < 0) break;
    if (Math.abs(candidate.length - name.length) > most) continue;
    const distance = edits(wanted, candidate.toLowerCase(), most);
    if (distance > most) continue;
    best = candidate;
    most = distance - 1;
  }
  return best;
}

/**
 * Returns Levenshtein's distance, computed row by row; `most + 1` as soon as it is certain to exceed `most`. Cells further than `most` from
 * the diagonal need more edits than that, and are skipped.
 */
function edits(a: string, b: string, most: number): number {
  const far = most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => Math.min(i, far));
  for (let i = 1; i <= a.length; i += 1) {
    const next: number[] = new Array(b.length + 1).fill(far);
    next[0] = Math.min(i, far);
    let least = next[0] ?? far;
    const end = Math.min(b.length, i + most);
    for (let j = Math.max(1, i - most); j <= end; j += 1) {
      const substitute = (row[j - 1] ?? far) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const distance = Math.min(substitute, (row[j] ?? far) + 1, (next[j - 1] ?? far) + 1, far);
      next[j] = distance;
      if (distance < least) least = distance;
    }
    if (least > most) return far;
    row = next;
  }
  return row[b.length] ?? far;
}
