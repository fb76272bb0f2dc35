/** What a measurement answers, and the table of them. */

/** One line of the table. Nothing is asserted: `met` says what was seen, on this machine, in this run. */
export interface Row {
  readonly work: string;
  /** With its unit. */
  readonly value: string;
  readonly against: string;
  /** What that reached, with its unit. */
  readonly baseline: string;
  /** Better than the baseline by this factor, where there is one. */
  readonly ratio?: number;
  /** As in the design's table. */
  readonly goal: string;
  /** Undefined: there is no goal for it. */
  readonly met?: boolean;
  /** What a reader must know to read the numbers rightly. */
  readonly note: string;
  /** The numbers themselves, for `--json`. */
  readonly numbers: Readonly<Record<string, number>>;
}

const COLUMNS = ['work', 'measured', 'against', 'reached', 'ratio', 'goal', ''] as const;

/** The table as aligned text, the notes below it. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [[...COLUMNS], ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const notes = rows.map(({ work, note }) => `${work}: ${note}`);
  return [lines[0], rule, ...lines.slice(1), '', ...notes].join('\n');
}

function cellsOf({ work, value, against, baseline, ratio, goal, met }: Row): string[] {
  const verdict = met === undefined ? '' : met ? 'met' : 'not met';
  return [work, value, against, baseline, ratio === undefined ? '' : `${ratio.toFixed(2)}x`, goal, verdict];
}

/** The middle of some numbers; 0 of none. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

/** The value below which this share of the numbers lies. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** `12 345`, or `0.12` for what is small. */
export function count(number: number): string {
  if (Math.abs(number) < 100) return number.toFixed(number < 10 ? 2 : 1);
  return Math.round(number).toLocaleString('en').replaceAll(',', ' ');
}
