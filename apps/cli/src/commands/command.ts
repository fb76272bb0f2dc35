import { defined, nearest, readDuration } from '@writ/core';
import { Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.ts';
import { type Columns, table } from '../output/table.ts';

/** Starts a verb: what it does in a sentence, and examples that teach. */
export function verb(
  name: string,
  about: { readonly summary: string; readonly examples: readonly string[]; readonly notes?: string },
): Command {
  const examples = about.examples.map((example) => `  ${example}`).join('\n');
  // Lines that are not indented are prose, to be broken where the terminal ends.
  const notes = about.notes === undefined ? '' : `\n${about.notes.replace(/\n(?=[^\s])/g, ' ')}\n`;
  return new Command(name)
    .description(about.summary)
    .summary(about.summary)
    .addHelpText('after', `${notes}\nExamples:\n${examples}`);
}

/** Groups verbs under their noun. The noun alone means `main`, whose help is then shown with the noun's own. */
export function noun(name: string, summary: string, verbs: readonly Command[], main?: Command): Command {
  const group = new Command(name).description(summary);
  for (const command of verbs) group.addCommand(command);
  if (main === undefined) return group;
  return group.addCommand(main, { isDefault: true }).addHelpText('after', ({ error }) => {
    main.outputHelp({ error });
    return '';
  });
}

/** The options that `paged` adds. */
export interface PageOptions {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Adds the options for how much of a list is shown. */
export function paged(command: Command): Command {
  return command
    .option('--limit <n>', 'at most this many (default 100, at most 1000)', wholeNumber)
    .option('--cursor <cursor>', 'go on where an earlier answer ended');
}

/** The part of a list's input that comes from the options of `paged`. */
export function pageInput(options: PageOptions): { limit?: number; cursor?: string } {
  return {
    ...defined({ limit: options.limit, cursor: options.cursor }),
  };
}

/** The names by which a list was filtered. */
interface NameFilter {
  readonly client?: string | undefined;
  readonly task?: string | undefined;
  readonly connection?: string | undefined;
}

/** Throws, where a list is empty, for a name in its filter that nothing has: a typing mistake is not taken for an answer. */
export async function orUnknown<T extends { readonly items: readonly unknown[] }>(
  cli: Cli,
  page: T,
  { client, task, connection }: NameFilter,
): Promise<T> {
  if (page.items.length > 0) return page;
  if (client !== undefined) await cli.call('clients.get', { id: client });
  if (task !== undefined) await cli.call('tasks.get', { id: task });
  if (connection !== undefined) await cli.call('connections.get', { connection });
  return page;
}

/** Shows a page of a list as a table, and says how to see more. */
export function showPage<T>(
  cli: Cli,
  page: { readonly items: readonly T[]; readonly next_cursor: string | null },
  as: { readonly columns: Columns<T>; readonly empty: string },
): void {
  const { items, next_cursor } = page;
  // Part of the answer, so that it comes after the table even where the two streams go to different places.
  const more = next_cursor === null ? '' : `\n\nThere are more: add --cursor ${next_cursor}, or a larger --limit.`;
  cli.show(page, () => (items.length === 0 ? cli.called(as.empty) : table(items, as.columns, cli.out.width)) + more);
}

/** Parses a whole number of an option. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Parses `90s`, `15m`, `1h`, `2d` of an option into seconds. */
export function seconds(text: string): number {
  const length = readDuration(text);
  if (length === undefined) throw new InvalidArgumentError('It must be a duration such as 90s, 15m, 1h or 2d.');
  return length;
}

/** The most words that a sentence lists; of more, it lists the nearest. */
const MOST_TOLD = 10;

/** Parses one of a set of words of an option. */
export function oneOf<const T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    const known =
      words.length > MOST_TOLD ? 'It is none of those that the help lists.' : `It must be one of ${words.join(', ')}.`;
    const meant = nearest(text, words);
    throw new InvalidArgumentError(meant === undefined ? known : `${known} Did you mean ${meant}?`);
  };
}

/** Collects an option that may be given several times. */
export function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
