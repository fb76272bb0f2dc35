import type { OutputOf, RequestOf } from '@writ/api';
import { defined, inert, limitText } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { table } from '../../output/table.ts';
import { verb } from '../command.ts';
import { outcomeText } from '../explain/text.ts';
import { type GrantOptions, grantOptions, wantedGrants } from './wanted.ts';

type Item = OutputOf<'grants.preview'>['items'][number];

/** Pages of a thousand: more than any catalog times its environments. */
const MOST_PAGES = 20;

/** `writ grant preview`: each operation, and saves nothing. */
export function previewGrant(makeCli: CliFactory): Command {
  const command = verb('preview', {
    summary: 'Lists each operation a grant would reach, by environment, with its outcome; saves nothing.',
    examples: ["writ grant preview my-agent 'acme/staging/domain*:destroy'"],
  });
  return grantOptions(command).action(async (client: string, pieces: string[], options: GrantOptions) => {
    const cli = makeCli();
    const { items, limits } = await previewOf(cli, wantedGrants(client, { pieces, options, now: cli.now() }));
    const columns = {
      environment: (item: Item) => item.environment,
      operation: (item: Item) => item.operation,
      effect: (item: Item) => item.effect,
      outcome: outcomeText,
    };
    cli.show({ items, next_cursor: null, limits }, () =>
      items.length === 0 ? 'It reaches nothing.' : `${table(items, columns, cli.out.width)}${limitsText({ limits })}`,
    );
  });
}

/** What grants would reach, all pages of it, and how their limits stand. */
type Preview = Pick<OutputOf<'grants.preview'>, 'items' | 'limits'>;

/** The preview of grants. */
export async function previewOf(cli: Cli, wanted: readonly RequestOf<'grants.create'>[]): Promise<Preview> {
  const items: Item[] = [];
  const limits: Preview['limits'] = [];
  for (const grant of wanted) {
    let cursor: string | null = null;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer: OutputOf<'grants.preview'> = await cli.call('grants.preview', {
        ...grant,
        limit: 1000,
        ...defined({ cursor: cursor ?? undefined }),
      });
      items.push(...answer.items);
      if (page === 0) limits.push(...answer.limits);
      cursor = answer.next_cursor;
      if (cursor === null) break;
    }
  }
  return { items, limits };
}

/** A line for each limit, with what the client has used of it already. */
export function limitsText({ limits }: Pick<Preview, 'limits'>): string {
  return limits.map(({ limit, used }) => `\nAt most ${inert(limitText(limit))}; ${used} used now.`).join('');
}

/** A preview by environment, effect and outcome, with how many operations and the first few names. */
export function summary(items: readonly Item[], width: number): string {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = `${item.environment} ${item.effect} ${outcomeText(item)}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return table(
    [...groups.values()],
    {
      environment: ([first]) => first?.environment,
      effect: ([first]) => first?.effect,
      outcome: ([first]) => (first === undefined ? '' : outcomeText(first)),
      operations: (group) => group.length,
      'such as': (group) =>
        `${group
          .slice(0, 3)
          .map((item) => item.operation)
          .join(', ')}${group.length > 3 ? ' ...' : ''}`,
    },
    width,
  );
}
