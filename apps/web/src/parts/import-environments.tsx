import { Button, Checkbox, Group, Stack, Switch, TextInput, Title } from '@mantine/core';
import { counted, inert } from '@writ/core';
import { type ReactNode, useState } from 'react';
import { useApi, useChange } from '../api/queries.ts';
import { Fold, Lines } from './fold.tsx';
import classes from './import-environments.module.css';
import { Inert } from './inert.tsx';
import { fieldErrors } from './problems.ts';
import { type Choice, type Chosen, choiceOf, keyOf, type Proposal } from './proposals.ts';
import { type Provider, useProviders } from './providers.ts';
import { PROTECTED_MEANS } from './rule-words.ts';
import { Selected } from './selected.tsx';
import { Empty, Failure, Ready, Working } from './states.tsx';
import { EnvironmentTag, Label } from './tags.tsx';

interface ImportProps {
  readonly slug: string;
  /** What stands below when there is nothing left to name. */
  readonly after?: ReactNode;
}

/** What the provider has and no environment stands for: named one by one by the person, added in one step. */
export function ImportEnvironments({ slug, after }: ImportProps) {
  const importable = useApi('environments.importable', { connection: slug });
  const connection = useApi('connections.get', { connection: slug });
  const provider = useProviders().data?.get(connection.data?.provider ?? '');
  return (
    <Stack gap="sm">
      <div>
        <Title order={3}>Environments at the provider</Title>
        <p className={classes.soft}>
          Calls that reach an environment with no name here are refused. What looks like production is proposed as
          protected: {PROTECTED_MEANS}.
        </p>
      </div>
      {importable.isPending ? <Working what="Asking the provider which environments it has ..." /> : null}
      <Ready query={importable}>
        {({ items, skipped }) => (
          <>
            {items.length === 0 && skipped.length === 0 ? (
              <Empty
                title="No environment was found"
                action={
                  <Button variant="default" loading={importable.isFetching} onClick={() => void importable.refetch()}>
                    Ask the provider again
                  </Button>
                }
              >
                The provider lists none that this root credential reaches. Make one there, or give the connection
                another.
              </Empty>
            ) : null}
            {items.length === 0 && skipped.length > 0 ? (
              <span>
                All {counted(skipped.length, 'environment', 'environments')} that the provider lists have a name here.
              </span>
            ) : null}
            {items.length === 0 ? null : <Picker slug={slug} items={items} provider={provider} />}
            {skipped.length === 0 ? null : (
              <Fold summary={`${skipped.length} named already`}>
                <Lines>
                  {skipped.map(({ name, reason }) => (
                    <li key={name}>
                      <Inert text={`${name} ${reason}`} />
                    </li>
                  ))}
                </Lines>
              </Fold>
            )}
            {items.length === 0 || skipped.length > 0 ? after : null}
          </>
        )}
      </Ready>
    </Stack>
  );
}

/** How many the API adds at once: further ones are listed again afterwards. */
const MOST = 200;

interface PickerProps {
  readonly slug: string;
  readonly items: readonly Proposal[];
  readonly provider: Provider | undefined;
}

function Picker({ slug, items, provider }: PickerProps) {
  const [chosen, setChosen] = useState<Chosen>({});
  const picks = items.map((item) => ({ item, key: keyOf(item), choice: choiceOf(item, chosen) }));
  const picked = picks.filter(({ choice }) => choice.wanted).slice(0, MOST);
  const add = useChange('environments.import', {
    title: `Add ${counted(picked.length, 'environment', 'environments')}`,
    what: <Summary picked={picked} />,
  });
  const errors = fieldErrors(add.error) ?? {};
  const errorAt = (key: string): string | undefined => {
    const at = `items.${picked.findIndex((each) => each.key === key)}.`;
    return Object.entries(errors).find(([field]) => field.startsWith(at))?.[1];
  };
  const send = (): void =>
    add.mutate({
      connection: slug,
      items: picked.map(({ item, choice }) => ({
        slug: choice.slug.trim(),
        selector: item.selector,
        protected: choice.protected,
      })),
    });
  return (
    <>
      <div>
        {picks.map(({ item, key, choice }) => (
          <Pick
            key={key}
            item={item}
            provider={provider}
            choice={choice}
            set={(change) => setChosen((all) => ({ ...all, [key]: { ...all[key], ...change } }))}
            error={errorAt(key)}
          />
        ))}
      </div>
      {add.error && Object.keys(errors).length === 0 ? <Failure error={add.error} /> : null}
      <Group>
        <Button disabled={picked.length === 0} loading={add.isPending} onClick={send}>
          Add {counted(picked.length, 'environment', 'environments')}
        </Button>
      </Group>
    </>
  );
}

interface PickProps {
  readonly item: Proposal;
  readonly provider: Provider | undefined;
  readonly choice: Choice;
  readonly set: (change: Partial<Choice>) => void;
  readonly error: string | undefined;
}

function Pick({ item, provider, choice, set, error }: PickProps) {
  const called = inert(item.found[0] ?? item.slug);
  return (
    <div className={classes.pick}>
      <Checkbox
        aria-label={`Add ${called}`}
        checked={choice.wanted}
        onChange={(event) => set({ wanted: event.currentTarget.checked })}
      />
      <span>
        <Inert text={item.ephemeral ? everyOne(item) : called} />{' '}
        {item.ephemeral ? <Label>ephemeral, those to come too</Label> : null}
        <br />
        <Selected selector={item.selector} provider={provider} />
      </span>
      <TextInput
        aria-label={`Name of ${called}`}
        value={choice.slug}
        error={error}
        disabled={!choice.wanted}
        onChange={(event) => set({ slug: event.currentTarget.value })}
      />
      <Switch
        label={choice.protected ? 'Protected' : 'Not protected'}
        aria-label={`Protect ${called}`}
        checked={choice.protected}
        disabled={!choice.wanted}
        onChange={(event) => set({ protected: event.currentTarget.checked })}
      />
    </div>
  );
}

function everyOne({ found }: Proposal): string {
  return found.length === 1 ? (found[0] ?? '') : `${found[0]} and ${found.length - 1} more`;
}

interface Picked {
  readonly item: Proposal;
  readonly choice: Choice;
}

/** What will be guarded how, before it is. */
function Summary({ picked }: { readonly picked: readonly Picked[] }) {
  const open = picked.filter(({ item, choice }) => item.protected && !choice.protected);
  return (
    <Stack gap="xs">
      <span className={classes.tags}>
        {picked.map(({ choice }) => (
          <EnvironmentTag key={choice.slug} slug={choice.slug} isProtected={choice.protected} />
        ))}
      </span>
      {open.length === 0 ? null : (
        <span>
          Not protected, though it looks like production: {open.map(({ choice }) => choice.slug).join(', ')}. What is
          destroyed there waits five minutes and asks nobody.
        </span>
      )}
    </Stack>
  );
}
