import { useMay } from '../../api/me.ts';
import { useApiList } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Covers } from '../../parts/grant/covers.tsx';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { Empty } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';

/** The grants of one client. */
export function ClientGrants({ client_id }: { readonly client_id: string }) {
  const list = useApiList('grants.list', { client_id });
  const may = useMay('admin');
  return (
    <List
      label="Grants"
      list={list}
      keyOf={({ id }) => id}
      empty={
        <Empty
          title="No grant yet"
          action={
            may ? (
              <ButtonLink to="/grants/new" search={{ client: client_id }}>
                Make its first grant
              </ButtonLink>
            ) : null
          }
        >
          This client gets no token.
        </Empty>
      }
      columns={[
        {
          name: 'Name',
          cell: ({ id, name }) => (
            <TextLink to="/grants/$id" params={{ id }}>
              <Inert text={name ?? 'without a name'} />
            </TextLink>
          ),
        },
        { name: 'Id', cell: ({ id }) => <Id id={id} what="the grant's id" /> },
        { name: 'Covers', width: '38%', cell: (grant) => <Covers grant={grant} /> },
        {
          name: 'Last used',
          width: '130px',
          cell: ({ last_used_at }) => (last_used_at === null ? 'never' : <Time at={last_used_at} />),
        },
        {
          name: 'Ends',
          width: '130px',
          cell: ({ expires_at }) => (expires_at === null ? 'never' : <Time at={expires_at} />),
        },
      ]}
    />
  );
}
