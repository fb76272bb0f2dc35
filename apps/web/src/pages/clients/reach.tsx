import { Group, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import type { OutputOf } from '@writ/api';
import { defined, EFFECTS, type Effect } from '@writ/core';
import { useState } from 'react';
import { useApiList } from '../../api/queries.ts';
import { TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { Section } from '../../parts/page.tsx';
import { useSearch } from '../../parts/search.ts';
import { Empty } from '../../parts/states.tsx';
import { EffectTag, OutcomeTag, outcomeOf } from '../../parts/tags.tsx';

type Item = OutputOf<'clients.reach'>['items'][number];

/** Everything a client reaches, as the grants and guardrails stand now, and by which grant. */
export function Reach({ client_id }: { readonly client_id: string }) {
  const { q, field } = useSearch();
  const [effect, setEffect] = useState<Effect | null>(null);
  const list = useApiList(
    'clients.reach',
    defined({ id: client_id, q: q || undefined, effect: effect ?? undefined }) as { id: string },
  );
  return (
    <Section
      title="See as the client"
      about="Every operation that it reaches, by environment. What is not here is refused."
    >
      <Group gap="sm">
        <TextInput
          aria-label="Find an operation"
          placeholder="A part of the operation's name"
          leftSection={<IconSearch size={15} aria-hidden />}
          {...field}
        />
        <Select
          aria-label="Effect"
          placeholder="Every effect"
          clearable
          data={[...EFFECTS]}
          value={effect}
          onChange={(value) => setEffect(value as Effect | null)}
        />
      </Group>
      <List
        label="What it reaches"
        list={list}
        keyOf={(item) => `${item.connection} ${item.environment} ${item.operation} ${item.effect}`}
        empty={
          <Empty title="It reaches nothing">
            {q !== '' || effect !== null ? 'Nothing that is like that.' : 'No grant of it covers any operation.'}
          </Empty>
        }
        columns={[
          { name: 'Operation', width: '28%', cell: ({ operation }) => <code>{operation}</code> },
          { name: 'Effect', width: '110px', cell: (item) => <EffectTag effect={item.effect} /> },
          { name: 'Where', cell: (item) => <Where item={item} /> },
          { name: 'Outcome', width: '150px', cell: (item) => <OutcomeTag outcome={outcomeOf(item)} /> },
          { name: 'By grant', width: '24%', cell: (item) => <ByGrant item={item} /> },
        ]}
      />
    </Section>
  );
}

function Where({ item: { connection, environment } }: { readonly item: Item }) {
  return <code>{`${connection}/${environment}`}</code>;
}

function ByGrant({ item: { grants, grant_count, narrowed } }: { readonly item: Item }) {
  const [first] = grants;
  if (first === undefined) return null;
  return (
    <>
      <TextLink to="/grants/$id" params={{ id: first.id }}>
        {first.name ?? first.id}
      </TextLink>
      {grant_count > 1 ? ` and ${grant_count - 1} more` : null}
      {narrowed ? ', for some resources or arguments' : null}
    </>
  );
}
