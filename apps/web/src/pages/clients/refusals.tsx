import { useApiList } from '../../api/queries.ts';
import { Environment } from '../../parts/environment.tsx';
import { Inert } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { Section } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';
import { EffectTag } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './clients.module.css';

/** What no grant of it covers, by the code of the refusal. */
const RULES: Readonly<Record<string, string>> = {
  operation_not_granted: 'no grant names the operation',
  environment_not_granted: 'no grant names the environment',
  resource_not_granted: 'no grant names the resource',
  argument_not_granted: 'no grant allows these arguments',
};

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
          { name: 'Rule', width: '150px', cell: ({ code }) => RULES[code] ?? code },
          { name: 'Times', width: '70px', cell: ({ count }) => count },
          { name: 'Last', width: '130px', cell: ({ last_at }) => <Time at={last_at} /> },
          {
            name: 'Mend',
            width: '210px',
            cell: ({ request_id }) => (
              <TextLink to="/grants/new" search={{ request: request_id }}>
                Make the smallest grant that would do
              </TextLink>
            ),
          },
        ]}
      />
    </Section>
  );
}
