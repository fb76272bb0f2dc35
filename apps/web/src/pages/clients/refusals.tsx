import { useApiList } from '../../api/queries.ts';
import { Environment } from '../../parts/environment.tsx';
import { Inert } from '../../parts/inert.tsx';
import { List } from '../../parts/list.tsx';
import { MendLink } from '../../parts/mend-link.tsx';
import { Section } from '../../parts/page.tsx';
import { lackOf } from '../../parts/refusal-words.ts';
import { Empty } from '../../parts/states.tsx';
import { EffectTag } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './clients.module.css';

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
          {
            name: 'Operation',
            width: '24%',
            cell: ({ operation }) => (
              <code>
                <Inert text={operation} />
              </code>
            ),
          },
          {
            name: 'Effect',
            width: '110px',
            cell: ({ effect }) => (effect === null ? 'several' : <EffectTag effect={effect} />),
          },
          {
            name: 'Where',
            cell: ({ connection, environment }) => (
              <span className={classes.where}>
                {connection}
                {environment === null ? (
                  <span className={classes.soft}>not asked where</span>
                ) : (
                  <Environment connection={connection} slug={environment} />
                )}
              </span>
            ),
          },
          { name: 'What it lacked', width: '150px', cell: ({ code }) => lackOf(code) ?? code },
          { name: 'Times', width: '70px', cell: ({ count }) => count },
          { name: 'Last', width: '130px', cell: ({ last_at }) => <Time at={last_at} /> },
          {
            name: 'Mend',
            width: '210px',
            cell: ({ request_id }) => <MendLink request_id={request_id} />,
          },
        ]}
      />
    </Section>
  );
}
