import { Select, TextInput } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { useState } from 'react';
import { useApi, useApiList } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Environment } from '../../parts/environment.tsx';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { type Connection, useProviders } from '../../parts/providers.ts';
import { useSearch } from '../../parts/search.ts';
import { Empty, Failed, Working } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';
import classes from './connections.module.css';

type Resource = OutputOf<'inventory.list'>['items'][number];

/** What lies at the provider, and in which environments: what a call on it reaches. */
export function InventoryTab({ connection: { slug, provider } }: { readonly connection: Connection }) {
  const { q, field } = useSearch();
  const [kind, setKind] = useState<string | null>(null);
  const [environment, setEnvironment] = useState<string | null>(null);
  const providers = useProviders();
  const kinds = providers.data?.get(provider)?.resource_kinds ?? [];
  const environments = useApi('environments.list', { connection: slug, limit: 1000 }).data?.items ?? [];
  const list = useApiList('inventory.list', {
    connection: slug,
    ...(q !== '' && { q }),
    ...(kind !== null && { kind }),
    ...(environment !== null && { environment }),
  });
  const isFiltered = q !== '' || kind !== null || environment !== null;
  return (
    <>
      <Failed query={providers} />
      <div className={classes.filters}>
        <TextInput label="Find a resource" placeholder="A name or an id" {...field} />
        <Select
          label="Kind"
          placeholder="Every kind"
          data={[...kinds]}
          value={kind}
          onChange={setKind}
          clearable
          searchable
        />
        <Select
          label="Environment"
          placeholder="Every environment"
          data={environments.map((each) => each.slug)}
          value={environment}
          onChange={setEnvironment}
          clearable
        />
      </div>
      {list.query.isPending ? <Working what="Asking the provider what lies there ..." /> : null}
      <List
        label="Resources"
        list={list}
        keyOf={(item) => `${item.kind}:${item.id}`}
        empty={
          <Empty
            title={isFiltered ? 'Nothing like that' : 'Nothing there'}
            action={
              isFiltered ? null : (
                <ButtonLink to="/connections/$slug" params={{ slug }}>
                  See how far the root credential reaches
                </ButtonLink>
              )
            }
          >
            {isFiltered
              ? 'The provider has nothing of that name, kind and environment that this root credential reaches.'
              : 'The provider lists nothing that this root credential reaches.'}
          </Empty>
        }
        columns={[
          {
            name: 'Resource',
            width: '28%',
            cell: (item) => (
              <span className={classes.tags}>
                <Inert text={item.name ?? item.id} /> <Label>{item.kind}</Label>
              </span>
            ),
          },
          { name: 'Id', width: '26%', cell: ({ id }) => <Id id={id} what="the resource's id" /> },
          { name: 'Environments', cell: (item) => <Where item={item} connection={slug} /> },
        ]}
      />
    </>
  );
}

/** How many ids without a name are shown. */
const FEW = 3;

/** More than one environment is said in words: a call on such a thing reaches all of them. */
function Where({ item, connection }: { readonly item: Resource; readonly connection: string }) {
  const { environments, unmapped } = item;
  const count = environments.length + unmapped.length;
  if (count === 0) return <span className={classes.soft}>outside any environment</span>;
  return (
    <span className={classes.tags}>
      {environments.map((slug) => (
        <Environment key={slug} connection={connection} slug={slug} />
      ))}
      {unmapped.length === 0 ? null : (
        <>
          <Label tone="warn">{`${unmapped.length} without a name here: calls are refused`}</Label>
          {unmapped.slice(0, FEW).map((id) => (
            <Id key={id} id={id} what="the environment's id" />
          ))}
          <TextLink to="/connections/$slug" params={{ slug: connection }} search={{ tab: 'environments' }}>
            Name them
          </TextLink>
        </>
      )}
      {count > 1 ? <Label>{`reaches all ${count}`}</Label> : null}
    </span>
  );
}
