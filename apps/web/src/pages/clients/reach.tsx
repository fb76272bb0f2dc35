import { Group, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import type { OutputOf } from '@writ/api';
import { defined, EFFECTS, type Effect } from '@writ/core';
import { useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApi, useApiList } from '../../api/queries.ts';
import { Environment } from '../../parts/environment.tsx';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { Section } from '../../parts/page.tsx';
import { outcomeDetail } from '../../parts/rule-words.ts';
import { useSearch } from '../../parts/search.ts';
import { Empty } from '../../parts/states.tsx';
import { EffectTag, OUTCOME_OF, OutcomeTag, outcomeOf } from '../../parts/tags.tsx';
import classes from './clients.module.css';

type Item = OutputOf<'clients.reach'>['items'][number];
type Ruled = keyof typeof OUTCOME_OF;

/** How many grants of a row are named. */
const FEW = 3;

/** Everything a client reaches, as the grants and guardrails stand now, and by which grant. */
export function Reach({ client_id }: { readonly client_id: string }) {
  const { q, field } = useSearch();
  const [effect, setEffect] = useState<Effect | null>(null);
  const [outcome, setOutcome] = useState<Ruled | null>(null);
  const [place, setPlace] = useState<Place>();
  const list = useApiList(
    'clients.reach',
    defined({
      id: client_id,
      q: q || undefined,
      effect: effect ?? undefined,
      outcome: outcome ?? undefined,
      connection: place?.[0],
      environment: place?.[1],
    }) as { id: string },
  );
  const isFiltered = q !== '' || effect !== null || outcome !== null || place !== undefined;
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
        <PlaceSelect place={place} choose={setPlace} />
        <Select
          aria-label="Effect"
          placeholder="Every effect"
          clearable
          data={[...EFFECTS]}
          renderOption={({ option }) => <EffectTag effect={option.value} />}
          value={effect}
          onChange={(value) => setEffect(value as Effect | null)}
        />
        <Select
          aria-label="Outcome"
          placeholder="Every outcome"
          clearable
          data={Object.entries(OUTCOME_OF).map(([value, label]) => ({ value, label }))}
          renderOption={({ option }) => <OutcomeTag outcome={OUTCOME_OF[option.value as Ruled]} />}
          value={outcome}
          onChange={(value) => setOutcome(value as Ruled | null)}
        />
      </Group>
      <List
        label="What it reaches"
        list={list}
        keyOf={(item) => `${item.connection} ${item.environment} ${item.operation} ${item.effect}`}
        empty={isFiltered ? <NothingLikeThat /> : <ReachesNothing client_id={client_id} />}
        columns={[
          {
            name: 'Operation',
            width: '28%',
            cell: ({ operation }) => (
              <code>
                <Inert text={operation} />
              </code>
            ),
          },
          { name: 'Effect', width: '110px', cell: (item) => <EffectTag effect={item.effect} /> },
          {
            name: 'Where',
            cell: ({ connection, environment }) => (
              <span className={classes.where}>
                {connection} <Environment connection={connection} slug={environment} />
              </span>
            ),
          },
          {
            name: 'Outcome',
            width: '170px',
            cell: (item) => <OutcomeTag outcome={outcomeOf(item)} detail={outcomeDetail(item)} />,
          },
          { name: 'By grant', width: '24%', cell: (item) => <ByGrant item={item} /> },
        ]}
      />
    </Section>
  );
}

function NothingLikeThat() {
  return <Empty title="It reaches nothing like that">Every such call of it is refused.</Empty>;
}

function ReachesNothing({ client_id }: { readonly client_id: string }) {
  const may = useMay('admin');
  return (
    <Empty
      title="It reaches nothing"
      action={
        may ? (
          <ButtonLink to="/grants/new" search={{ client: client_id }}>
            Make its first grant
          </ButtonLink>
        ) : null
      }
    >
      No grant of it covers any operation.
    </Empty>
  );
}

type Place = readonly [connection: string, environment: string | undefined];

interface PlaceProps {
  readonly place: Place | undefined;
  readonly choose: (place: Place | undefined) => void;
}

/** A connection, and one of its environments. */
function PlaceSelect({ place, choose }: PlaceProps) {
  const connections = useApi('connections.list', { limit: 1000 }).data?.items ?? [];
  const only = connections.length === 1 ? connections[0]?.slug : undefined;
  const connection = place?.[0] ?? only;
  const environments =
    useApi('environments.list', { connection: connection ?? '', limit: 1000 }, { enabled: connection !== undefined })
      .data?.items ?? [];
  return (
    <>
      {only === undefined ? (
        <Select
          aria-label="Connection"
          placeholder="Every connection"
          clearable
          searchable
          data={connections.map(({ slug }) => slug)}
          value={connection ?? null}
          onChange={(slug) => choose(slug === null ? undefined : [slug, undefined])}
        />
      ) : null}
      {connection === undefined ? null : (
        <Select
          aria-label="Environment"
          placeholder="Every environment"
          clearable
          searchable
          data={environments.map(({ slug }) => slug)}
          value={place?.[1] ?? null}
          onChange={(slug) => choose(slug === null && only ? undefined : [connection, slug ?? undefined])}
        />
      )}
    </>
  );
}

function ByGrant({ item: { grants, grant_count, narrowed } }: { readonly item: Item }) {
  return (
    <>
      {grants.slice(0, FEW).map(({ id, name }, index) => (
        <span key={id}>
          {index > 0 ? ', ' : ''}
          <TextLink to="/grants/$id" params={{ id }}>
            <Inert text={name ?? id} />
          </TextLink>
        </span>
      ))}
      {grant_count > FEW ? ` and ${grant_count - FEW} more` : null}
      {narrowed ? ', for some resources or arguments' : null}
    </>
  );
}
