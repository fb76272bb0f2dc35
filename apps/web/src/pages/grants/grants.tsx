import { useSearch } from '@tanstack/react-router';
import type { OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import { Suspense } from 'react';
import { brokerNow } from '../../api/clock.ts';
import { useMay } from '../../api/me.ts';
import { useApiList } from '../../api/queries.ts';
import { Covers } from '../../parts/grant/covers.tsx';
import { Inert } from '../../parts/inert.tsx';
import { later } from '../../parts/later.ts';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import type { Listed } from './address.ts';
import classes from './grants.module.css';

/** Loaded beside the list: the list is there first. */
const Filtering = later(async () => (await import('./filters.tsx')).Filtering);

type Grant = OutputOf<'grants.get'>;

/** Every grant: who may do what, and whether it is used. */
export function GrantsPage() {
  const filters: Listed = useSearch({ from: '/signed-in/grants' });
  const { client: client_id, connection, q, unused } = filters;
  const list = useApiList(
    'grants.list',
    defined({ client_id, connection, q, unused: unused ? ('true' as const) : undefined }),
  );
  const may = useMay('admin');
  const isFiltered = client_id !== undefined || connection !== undefined || q !== undefined || unused === true;
  return (
    <Page
      title="Grants"
      about="What each client may ask for. A token never exceeds its grants as they stand: an edit counts at once."
      actions={may ? <ButtonLink to="/grants/new">New grant</ButtonLink> : null}
    >
      <Suspense fallback={<div className={classes.room} />}>
        <Filtering filters={filters} />
      </Suspense>
      <List
        label="Grants"
        list={list}
        keyOf={({ id }) => id}
        empty={
          isFiltered ? (
            <Empty
              title="No grant is like that"
              action={
                <ButtonLink to="/grants" search={{}} variant="default">
                  Show all grants
                </ButtonLink>
              }
            >
              None matches what you look for.
            </Empty>
          ) : (
            <Empty
              title="No grants yet"
              action={may ? <ButtonLink to="/grants/new">Make the first grant</ButtonLink> : null}
            >
              A client without a grant gets no token.
            </Empty>
          )
        }
        columns={[
          { name: 'Name', cell: (grant) => <Named grant={grant} /> },
          {
            name: 'Client',
            width: '18%',
            cell: (grant) => (
              <TextLink inherit to="/clients/$id" params={{ id: grant.client_id }}>
                <Inert text={grant.client_id} />
              </TextLink>
            ),
          },
          { name: 'Covers', width: '38%', cell: (grant) => <Covers grant={grant} /> },
          { name: 'Last used', width: '130px', cell: (grant) => <Used grant={grant} /> },
        ]}
      />
    </Page>
  );
}

function Named({ grant: { id, name, expires_at } }: { readonly grant: Grant }) {
  return (
    <span className={classes.name}>
      <TextLink inherit to="/grants/$id" params={{ id }}>
        {name === null ? <code>{id}</code> : <Inert text={name} />}
      </TextLink>
      {expires_at === null ? null : Date.parse(expires_at) < brokerNow() ? (
        <Label tone="warn">ended</Label>
      ) : (
        <span className={classes.soft}>
          ends <Time at={expires_at} />
        </span>
      )}
    </span>
  );
}

function Used({ grant: { last_used_at } }: { readonly grant: Grant }) {
  return last_used_at === null ? <Label tone="warn">never used</Label> : <Time at={last_used_at} />;
}
