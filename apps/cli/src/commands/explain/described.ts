import type { OutputOf } from '@writ/api';
import { inert } from '@writ/core';
import { table } from '../../output/table.ts';
import { type Cell, moment, wrapIndented } from '../../output/text.ts';

/** What a human is shown of a request. */
export type Described = NonNullable<OutputOf<'explain'>['blast_radius']>;

/**
 * What a human is shown of a request, part by part, each a paragraph of at most `width` characters. An empty part is left out; only that no
 * backup would be left is told.
 */
export function describedParts(described: Described, width: number): string[] {
  const { dies, backups_lost, backups_left, unknown, targets, environments, confirm, undescribable } = described;
  const noneLeft = backups_lost.length > 0 && backups_left.length === 0;
  const part = (heading: string, body: string): string => (body === '' ? '' : `${heading}\n${body}`);
  return [
    part('What it acts on, as the provider reports it now:', targetsTable(targets, width)),
    part('Where, as the provider calls it:', environmentsTable(environments, width)),
    part('What would be destroyed:', itemsTable(dies, width)),
    part('Backups that would be lost with it:', itemsTable(backups_lost, width)),
    part('Backups that would be left, newest first:', itemsTable(backups_left, width)),
    noneLeft ? 'No backup of it would be left.' : '',
    ...described.stored_state.map((stored) => storedText(stored, width)),
    part('Not known:', sentences(unknown, width)),
    part(
      'To confirm it, one would type:',
      sentences(
        confirm.map(({ text }) => text),
        width,
      ),
    ),
    part('Nobody could approve it:', sentences(undescribable, width)),
  ].filter((text) => text !== '');
}

/** The names that the client changed of late, with those of before. */
export function renamesText(
  { recent_renames, recent_renames_more: more }: Pick<OutputOf<'explain'>, 'recent_renames' | 'recent_renames_more'>,
  width: number,
): string {
  type Renamed = OutputOf<'explain'>['recent_renames'][number];
  const columns: Record<string, (renamed: Renamed) => Cell> = {
    resource: ({ kind, id }) => `${kind}:${id}`,
    before: ({ before }) => before ?? 'not known',
    to: ({ to }) => to,
    when: ({ at }) => moment(at),
  };
  const listed = `Names that this client changed in the last 7 days:\n${table(recent_renames, columns, width)}`;
  return more === 0 ? listed : `${listed}\nand ${more} more.`;
}

function sentences(texts: readonly string[], width: number): string {
  return texts.flatMap((text) => wrapIndented(`  ${inert(text)}`, width)).join('\n');
}

type Item = Described['dies'][number];

function itemsTable(items: readonly Item[], width: number): string {
  const columns = {
    kind: (item: Item) => item.kind,
    id: (item: Item) => item.id,
    name: (item: Item) => item.name ?? '',
    environment: (item: Item) => item.environment ?? '',
    facts: (item: Item) => [
      ...(item.newest ? ['newest'] : []),
      ...(item.automatic ? ['made by the provider itself'] : []),
      ...factsOf(item),
    ],
  };
  return items.length === 0 ? '' : table(items, columns, width);
}

function targetsTable(targets: Described['targets'], width: number): string {
  type Target = Described['targets'][number];
  const columns: Record<string, (target: Target) => Cell> = {
    resource: ({ kind, id }) => `${kind}:${id}`,
    name: ({ name }) => name ?? '',
    environment: ({ environments }) => environments,
    facts: (target) => factsOf(target),
  };
  return targets.length === 0 ? '' : table(targets, columns, width);
}

function environmentsTable(environments: Described['environments'], width: number): string {
  type Environment = Described['environments'][number];
  const columns: Record<string, (environment: Environment) => Cell> = {
    environment: ({ slug }) => slug,
    kind: ({ kind }) => kind,
    provider: ({ provider }) => provider.map(({ name, container, id }) => `${container}/${name} (${id})`),
  };
  return environments.length === 0 ? '' : table(environments, columns, width);
}

function factsOf({ facts }: Pick<Item, 'facts'>): string[] {
  return Object.entries(facts).map(
    ([name, value]) => `${name} ${Array.isArray(value) ? value.join(' ') : String(value)}`,
  );
}

function storedText({ name, version, shown }: Described['stored_state'][number], width: number): string {
  const lines = JSON.stringify(shown, undefined, 2).split('\n');
  const wrapped = lines.flatMap((line) => wrapIndented(`  ${inert(line)}`, width));
  return [`Stored at the provider, and done with it: ${inert(name)}`, `  version ${inert(version)}`, ...wrapped].join(
    '\n',
  );
}
