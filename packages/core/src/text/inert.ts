/** Printable ASCII: nearly all text. It is harmless, so its characters need no look-up in Unicode. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Makes text from clients and upstreams harmless in every sink (invariant 13): control, bidi, zero-width and other invisible
 * characters are written as `\u{hex}`, so that they are seen instead of acting.
 */
export function inert(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f/gu, visible);
}

function visible(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Returns inert text of at most `most` UTF-16 units; an ellipsis stands for a part that was cut off. */
export function inertLine(text: string, most: number): string {
  const line = inert(text);
  if (line.length <= most) return line;
  // A half of a surrogate pair at the end is removed, since a database would refuse it.
  const cut = line.slice(0, Math.max(0, most - 1));
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Counts characters as people do: an emoji of several code points is one. */
export function countCharacters(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let count = 0;
  for (const _ of graphemes.segment(text)) count += 1;
  return count;
}
