import type { OutputOf } from '@writ/api';
import { inert, nearest } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

/** A provider, as the broker describes it. */
export type Provider = OutputOf<'providers.list'>['items'][number];

/** `writ providers`: the providers for which there can be connections; of a named one, how its root credentials are made. */
export function listProviders(makeCli: CliFactory): Command {
  const command = verb('providers', {
    summary: 'Lists what a connection can be to, and the root credentials that each takes.',
    examples: ['writ providers', 'writ providers acme'],
    notes:
      'The kind of root credential that is meant where --kind is left out stands first. Of a provider that is named, it says how each is\nmade, the narrowest first.',
  });
  return paged(command)
    .argument('[provider]')
    .action(async (id: string | undefined, options: PageOptions) => {
      const cli = makeCli();
      if (id !== undefined) return showKinds(cli, await knownProvider(cli, id));
      showPage(cli, await cli.call('providers.list', pageInput(options)), {
        empty: 'This broker knows no provider.',
        columns: {
          provider: (item) => item.id,
          'root credentials': (item) => kindsOf(item),
          environments: (item) => item.selector_fields.map(({ name, title }) => `${title} (${name})`),
          'base url': (item) => item.base_url,
        },
      });
    });
}

function showKinds(cli: Cli, provider: Provider): void {
  const kinds = provider.credential_kinds.toSorted((one, other) => one.narrowness - other.narrowness);
  const told = kinds.map(({ kind, good_for, url, steps }) =>
    [`${kind}: good for ${good_for}. ${url}`, ...steps.map((step, at) => `  ${at + 1}. ${step}`)].map(inert).join('\n'),
  );
  cli.show(provider, () => told.join('\n\n'));
}

/** The kinds of root credentials that a provider takes, the usual one first. */
export function kindsOf({ credential_kinds, usual_credential_kind: usual }: Provider): string[] {
  const others = credential_kinds.map(({ kind }) => kind).filter((kind) => kind !== usual);
  return [usual, ...others];
}

/** The provider that was named; where none was, the one that a person chooses. Throws `Failure` for one that the broker does not know. */
export async function knownProvider(cli: Cli, named: string | undefined): Promise<Provider> {
  const { items } = await cli.call('providers.list', { limit: 1000 });
  const ids = items.map(({ id }) => id);
  const problemOf = (id: string): string | undefined =>
    ids.includes(id) ? undefined : `There is no provider ${inert(id)}; ${thoseThere(ids)}.${meant(id, ids)}`;
  if (named === undefined && !cli.prompt.asks) throw usage(`Say which provider; ${thoseThere(ids)}.`);
  const id = named ?? (await cli.prompt.line(`Which provider (${ids.map(inert).join(', ')})`, problemOf));
  const provider = items.find((one) => one.id === id);
  if (provider === undefined) throw usage(problemOf(id) ?? '');
  return provider;
}

function thoseThere(ids: readonly string[]): string {
  return `those there are: ${ids.map(inert).join(', ')}`;
}

/** The provider that a connection is to. */
export async function providerOf(cli: Cli, connection: string): Promise<Provider> {
  const { provider } = await cli.call('connections.get', { connection });
  return await knownProvider(cli, provider);
}

/** A sentence with the nearest of some names; empty where none is near. */
export function meant(name: string, names: readonly string[]): string {
  const found = nearest(name, names);
  return found === undefined ? '' : ` Did you mean ${inert(found)}?`;
}
