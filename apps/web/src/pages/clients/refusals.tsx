import { useApiList } from '../../api/queries.ts';
import { TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { Section } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';
import { EffectTag } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';

/** What a client was refused in the last day, and a grant would mend. */
export function Refusals({ client_id }: { readonly client_id: string }) {
  const list = useApiList('clients.refusals', { id: client_id });
  return (
    <Section
      title="What it tried"
      about="Of the last day: what was refused, and a grant would let through. Only make one if you want it to happen."
    >
      <List
        label="Refusals"
        list={list}
        keyOf={(item) => `${item.request_id} ${item.operation} ${item.environment}`}
        empty={<Empty title="Nothing was refused">In the last day it asked for nothing that a grant would mend.</Empty>}
        columns={[
          { name: 'Operation', width: '26%', cell: ({ operation }) => <code>{operation}</code> },
          {
            name: 'Effect',
            width: '110px',
            cell: ({ effect }) => (effect === null ? 'several' : <EffectTag effect={effect} />),
          },
          {
            name: 'Where',
            cell: ({ connection, environment }) => <code>{`${connection}/${environment ?? 'not asked'}`}</code>,
          },
          { name: 'Times', width: '70px', cell: ({ count }) => count },
          { name: 'Last', width: '130px', cell: ({ last_at }) => <Time at={last_at} /> },
          {
            name: 'Mend',
            width: '210px',
            cell: ({ request_id }) => (
              <TextLink to="/grants/new" search={{ request: request_id }}>
                The smallest grant that would do
              </TextLink>
            ),
          },
        ]}
      />
    </Section>
  );
}
