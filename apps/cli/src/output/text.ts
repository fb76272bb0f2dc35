import { inert } from '@writ/core';

/** What a cell or a field may hold; null, undefined and an empty list are shown as `-`. */
export type Cell = string | number | boolean | null | undefined | readonly string[];

/** A cell as harmless text. */
export function cellText(value: Cell): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return inert(String(value));
  return value.length === 0 ? '-' : value.map((item) => inert(item)).join(', ');
}

/** A moment to the minute, in UTC: `2026-11-22 12:53Z`. */
export function moment(time: string | null | undefined): string {
  if (time === null || time === undefined) return '-';
  return inert(time).replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, '$1 $2Z');
}

/** Seconds as people say them: `15 min`, `1 h`, `2 d 3 h`. */
export function duration(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  let rest = Math.round(seconds);
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count} ${unit}`];
  });
  return parts.slice(0, 2).join(' ') || '0 s';
}

/**
 * Breaks text into lines of at most `width`: between words where there is a space, else between parts of a word if possible, unless words
 * stay `whole`.
 */
export function wrap(text: string, width: number, { whole = false }: { readonly whole?: boolean } = {}): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((piece) => (whole ? [piece] : pieces(piece, width)))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Breaks a line between words, and begins each part as the line does; words stay whole, a link for instance, to be copied. */
export function wrapIndented(line: string, width: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return wrap(line.slice(indent.length), width - indent.length, { whole: true }).map((part) => `${indent}${part}`);
}

/** The parts of a word between which it can be broken, each with the slash or comma that ends it. */
export function partsOf(word: string): string[] {
  return word.split(/(?<=[/,])/);
}

/** The place to break a part that is too long itself. */
const FINER_SEAM = /(?<=[.:;@_-])/;

function pieces(word: string, width: number): string[] {
  const fitting = partsOf(word).flatMap((part) =>
    part.length <= width ? [part] : part.split(FINER_SEAM).flatMap((small) => slices(small, width)),
  );
  const lines: string[] = [];
  let line = '';
  for (const part of fitting) {
    const fits = line.length + part.length <= width;
    if (!fits && line !== '') lines.push(line);
    line = fits ? line + part : part;
  }
  return [...lines, line];
}

function slices(part: string, width: number): string[] {
  const count = Math.max(1, Math.ceil(part.length / width));
  return Array.from({ length: count }, (_, at) => part.slice(at * width, (at + 1) * width));
}
