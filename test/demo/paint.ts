/** How the demo is typeset: plain text of at most 80 columns, with colour only on a terminal that wants it. */

/** Columns of the page. */
export const WIDTH = 80;

const useColour = process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
const colour =
  (code: number) =>
  (text: string): string =>
    useColour ? `\u001b[${code}m${text}\u001b[0m` : text;

export const bold = colour(1);
export const dim = colour(2);
export const red = colour(31);
export const green = colour(32);
export const yellow = colour(33);

const SPEAKER = 10;

/** Writes lines to standard output. */
export function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** A heading across the page. */
export function heading(text: string): void {
  say('', bold(`━━ ${text} ${'━'.repeat(Math.max(0, WIDTH - text.length - 4))}`), '');
}

/** A paragraph, indented. */
export function tell(text: string): void {
  say(...wrapped(text, WIDTH - 2).map((line) => `  ${line}`));
}

/** What somebody says or does: the name in the margin, the text beside it. */
export function speak(who: string, text: string, paint: (line: string) => string = (line) => line): void {
  const lines = text.split('\n').flatMap((line) => wrapped(line, WIDTH - SPEAKER - 2));
  lines.forEach((line, index) => {
    say(`  ${dim((index === 0 ? who : '').padEnd(SPEAKER))}${paint(line)}`);
  });
}

/** A table: the first column names the row. Cells are wrapped; `paint` colours a whole column. */
export function rows(
  lines: readonly (readonly string[])[],
  layout: { readonly widths: readonly number[]; readonly paint?: readonly ((text: string) => string)[] },
): void {
  const { widths, paint = [] } = layout;
  for (const line of lines) {
    const cells = line.map((cell, column) => wrapped(cell, (widths[column] ?? 20) - 2));
    const height = Math.max(...cells.map((cell) => cell.length));
    for (let at = 0; at < height; at += 1) {
      const parts = cells.map((cell, column) => {
        const padded = (cell[at] ?? '').padEnd(widths[column] ?? 20);
        return (paint[column] ?? ((text) => text))(padded);
      });
      say(`  ${parts.join('').trimEnd()}`);
    }
  }
}

/** A thin line as wide as these columns. */
export function rule(widths: readonly number[]): void {
  say(dim(`  ${'─'.repeat(widths.reduce((sum, width) => sum + width, 0))}`));
}

function wrapped(text: string, width: number): string[] {
  const indent = /^ */.exec(text)?.[0] ?? '';
  const lines: string[] = [];
  let line = indent;
  for (const word of text.trimStart().split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line.trim() === '' ? indent + word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
