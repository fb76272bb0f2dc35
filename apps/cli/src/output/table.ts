import { type Cell, cellText, wrap } from './text.ts';

/** A table's columns: heading -> what of an item stands there. */
export type Columns<T> = Readonly<Record<string, (item: T) => Cell>>;

const GAP = 2;
const NARROWEST = 10;

/** Writes items as an aligned table of at most `width` characters; the widest columns are wrapped first. */
export function table<T>(items: readonly T[], columns: Columns<T>, width: number): string {
  const headings = Object.keys(columns);
  const rows = items.map((item) => Object.values(columns).map((cell) => cellText(cell(item))));
  const widths = widthsFor([headings, ...rows], width);
  return [headings.map((heading) => heading.toUpperCase()), ...rows].map((row) => lineOf(row, widths)).join('\n');
}

/** Writes names and values under each other: `slug      railway`. */
export function record(fields: Readonly<Record<string, Cell>>, width: number): string {
  const rows = Object.entries(fields).map(([name, value]) => [name, cellText(value)]);
  const widths = widthsFor(rows, width);
  return rows.map((row) => lineOf(row, widths)).join('\n');
}

function widthsFor(rows: readonly (readonly string[])[], width: number): number[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const room = width - GAP * (widths.length - 1);
  while (sum(widths) > room) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}

function lineOf(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, column) => wrap(cell, widths[column] ?? NARROWEST));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, column) => (lines[line] ?? '').padEnd(widths[column] ?? 0))
      .join(' '.repeat(GAP))
      .trimEnd(),
  ).join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
