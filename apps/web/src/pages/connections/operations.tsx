import { Button, Select, TextInput } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { EFFECTS, type Effect, effectSchema, inert } from '@writ/core';
import { Suspense, useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApiList, useChange } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { later } from '../../parts/later.ts';
import { List } from '../../parts/list.tsx';
import type { Connection } from '../../parts/providers.ts';
import { useSearch } from '../../parts/search.ts';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { EffectTag, Label } from '../../parts/tags.tsx';
import classes from './connections.module.css';

const LiveSchema = later(async () => (await import('./schema.tsx')).LiveSchema);
const EffectForm = later(async () => (await import('./effect-form.tsx')).EffectForm);

type Operation = OutputOf<'operations.list'>['items'][number];

/** Everything that can be done through a connection, and what is new at the provider. */
export function OperationsTab({ connection: { slug } }: { readonly connection: Connection }) {
  const { q, field } = useSearch();
  const [effect, setEffect] = useState<Effect>();
  const list = useApiList('operations.list', {
    connection: slug,
    ...(q !== '' && { q }),
    ...(effect !== undefined && { effect }),
  });
  const isOwner = useMay('owner');
  return (
    <>
      <Suspense fallback={<Loading />}>
        <LiveSchema slug={slug} />
      </Suspense>
      <div className={classes.filters}>
        <TextInput label="Find an operation" placeholder="A name, or what it is about" {...field} />
        <Select
          label="Effect"
          placeholder="Every effect"
          data={[...EFFECTS]}
          value={effect ?? null}
          onChange={(value) => setEffect(value === null ? undefined : effectSchema.parse(value))}
          renderOption={({ option }) => <EffectTag effect={option.value} />}
          clearable
        />
      </div>
      <List
        label="Operations"
        list={list}
        keyOf={({ name }) => name}
        empty={
          <Empty title="No operation like that">What is not in the catalog is refused, whatever is granted.</Empty>
        }
        columns={[
          {
            name: 'Operation',
            width: '26%',
            cell: (it) => (
              <span className={classes.tags}>
                <code className={classes.mono}>
                  <Inert text={it.name} />
                </code>
                {it.admitted ? <Label tone="warn">admitted</Label> : null}
              </span>
            ),
          },
          { name: 'About', width: '13%', cell: ({ group }) => <Inert text={group} /> },
          { name: 'Effect', width: '21%', cell: (it) => <Effects operation={it} /> },
          { name: 'Reach', cell: ({ reach }) => <Inert text={reach} /> },
          ...(isOwner
            ? [{ name: 'Change', width: '170px', cell: (it: Operation) => <Raise slug={slug} operation={it} /> }]
            : []),
        ]}
      />
    </>
  );
}

function Effects({ operation: { effect, override, raised_to, why } }: { readonly operation: Operation }) {
  return (
    <span className={classes.tags} title={why}>
      <EffectTag effect={override?.effect ?? effect} />
      {override === null || override.effect === effect ? null : (
        <>
          <Label tone="warn">{`raised from ${effect}`}</Label>
          <span className={classes.soft}>
            by an owner: <Inert text={override.note} />
          </span>
        </>
      )}
      {raised_to.length === 0 ? null : (
        <span className={classes.soft}>arguments may raise it to {raised_to.join(', ')}</span>
      )}
    </span>
  );
}

/** What the broker holds to, whoever asks: an effect that was raised never becomes milder by somebody's word. */
const FOR_GOOD = 'It cannot be taken back here, not even by an owner: lowering an effect takes a release of Writ.';

/** Raises an operation's effect for this connection, for good, or takes back what was admitted. */
function Raise({ slug, operation }: { readonly slug: string; readonly operation: Operation }) {
  const [opened, setOpened] = useState(false);
  const { name, effect, override, admitted } = operation;
  const put = useChange('operations.put', {
    title: `Raise ${name}`,
    danger: true,
    what: `Through ${slug}, ${name} counts as the worse effect from then on: grants that name the milder one no longer cover it. ${FOR_GOOD}`,
  });
  const dismiss = useChange('operations.dismiss', {
    title: `No longer admit ${name}`,
    what: `Calls that use ${name} are refused again.`,
  });
  if (admitted)
    return (
      <>
        <Button
          variant="default"
          size="compact-sm"
          aria-label={`No longer admit it: ${inert(name)}`}
          loading={dismiss.isPending}
          onClick={() => dismiss.mutate({ connection: slug, name })}
        >
          No longer admit it
        </Button>
        <Failure error={dismiss.error} />
      </>
    );
  const from = EFFECTS.indexOf(override?.effect ?? effect);
  const worse = EFFECTS.slice(from + 1);
  if (worse.length === 0) return null;
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`Raise the effect of ${name}`}
        onClick={() => setOpened(true)}
      >
        Raise the effect
      </Button>
      {opened ? (
        <Suspense>
          <EffectForm
            opened={opened}
            title={`Raise the effect of ${name}`}
            about={`For this connection alone. ${FOR_GOOD}`}
            button={`Raise ${name}`}
            effects={worse}
            change={put}
            send={(values, done) => put.mutate({ connection: slug, name, ...values }, { onSuccess: done })}
            close={() => setOpened(false)}
          />
        </Suspense>
      ) : null}
    </>
  );
}
