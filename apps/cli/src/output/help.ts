import { asCalled } from './as-called.ts';
import { wrapIndented } from './text.ts';

/** An example: a command, or a line of a shell with one in it. */
const EXAMPLE = /^ {2}(npx writ|npm run writ --|writ|export|echo) /;
const WORDS = /(?:[^\s'"]|'[^']*'|"[^"]*")+/g;

/** Fits help to a width: commands as this program was called, prose broken between words, examples so that a shell still accepts them. */
export function helpText(text: string, at: { readonly program: string; readonly width: number }): string {
  return asCalled(text, at.program)
    .split('\n')
    .flatMap((line) =>
      line.length <= at.width ? [line] : EXAMPLE.test(line) ? example(line, at.width) : wrapIndented(line, at.width),
    )
    .join('\n');
}

function example(line: string, width: number): string[] {
  const [lines, last] = (line.match(WORDS) ?? []).reduce<[string[], string]>(
    ([done, open], word) =>
      open.trim() !== '' && open.length + word.length + 3 > width
        ? [[...done, `${open} \\`], `    ${word}`]
        : [done, open.trim() === '' ? `${open}${word}` : `${open} ${word}`],
    [[], '  '],
  );
  return [...lines, last];
}
