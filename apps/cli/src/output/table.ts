import { type Cell, cellText, partsOf, wrap, wrapIndented } from './text.ts';

/** A table's columns: heading -> what of an item stands there. */
export type Columns<T> = Readonly<Record<string, (item: T) => Cell>>;

const GAP = 2;
const NARROWEST = 10;
/** Characters of the longest id that Writ makes, that of a key (RFC 7638): to be copied whole. */
const ID_LENGTH = 43;

/**
 * Writes items as an aligned table of at most `width` characters; the widest columns are wrapped first. Where ids and selectors do not
 * fit beside each other, the last column stands under its row: broken, they could not be copied.
 */
export function table<T>(items: readonly T[], columns: Columns<T>, width: number): string {
  const headings = Object.keys(columns);
  const rows = items.map((item) => Object.values(columns).map((cell) => cellText(cell(item))));
  const isFitting = headings.length < 3 || leastWidth([headings, ...rows]) <= width;
  const beside = isFitting ? [headings, ...rows] : [headings, ...rows].map((row) => row.slice(0, -1));
  const widths = widthsFor(beside, width);
  const [first = [], ...others] = beside;
  const under = (row: readonly string[] | undefined): string[] => {
    const [heading, cell] = [headings.at(-1), row?.at(-1)];
    return isFitting || cell === undefined || cell === '-' ? [] : wrapIndented(`  ${heading}: ${cell}`, width);
  };
  return [
    lineOf(
      first.map((heading) => heading.toUpperCase()),
      widths,
    ),
    ...others.flatMap((row, at) => [lineOf(row, widths), ...under(rows[at])]),
  ].join('\n');
}

/** The width at which every id and every part of a selector stays whole. */
function leastWidth(rows: readonly (readonly string[])[]): number {
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? ''));
  return sum(columns.map(partLength)) + GAP * (columns.length - 1);
}

/** Characters of the longest part of a column's words, or of an id. */
function partLength(cells: readonly string[]): number {
  return Math.min(ID_LENGTH, longest(cells.flatMap((cell) => cell.split(' ').flatMap(partsOf))));
}

/** Writes names and values under each other: `slug      acme`. */
export function record(fields: Readonly<Record<string, Cell>>, width: number): string {
  const rows = Object.entries(fields).map(([name, value]) => [name, cellText(value)]);
  const widths = widthsFor(rows, width);
  return rows.map((row) => lineOf(row, widths)).join('\n');
}

/**
 * Columns shrink first where they can be wrapped between words, then between parts of words; only then a word is broken, and an id last.
 */
function widthsFor(rows: readonly (readonly string[])[], width: number): number[] {
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? ''));
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  const words = columns.map((cells) => longest(cells.flatMap((cell) => cell.split(' '))));
  const room = width - GAP * (widths.length - 1);
  const whole = words.map((word) => Math.min(word, ID_LENGTH));
  for (const least of [whole, columns.map(partLength), widths.map(() => NARROWEST)]) {
    while (sum(widths) > room) {
      const slack = widths.map((size, column) => size - (least[column] ?? NARROWEST));
      const most = Math.max(...slack);
      if (most <= 0) break;
      const column = slack.indexOf(most);
      widths[column] = (widths[column] ?? 0) - 1;
    }
  }
  return widths;
}

function longest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
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
