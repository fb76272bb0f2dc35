import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { IconArrowRight, IconPlug, IconPlus, IconRobot, IconSearch, IconTicket, IconUser } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { defined, inert, isId } from '@writ/core';
import { type ComponentType, useEffect, useState } from 'react';
import { useMay } from '../api/me.ts';
import { useApi } from '../api/queries.ts';
import { Failure, Working } from '../parts/states.tsx';
import classes from './palette.module.css';

interface Place {
  readonly to: string;
  readonly name: string;
  readonly Icon: ComponentType<{ readonly size?: number }>;
}

/** Something that can be gone to. `about` tells it from its like. */
interface Found extends Place {
  readonly about?: string;
}

interface PaletteProps {
  readonly places: readonly Place[];
  /** How often it was asked for: it opens each time. */
  readonly asked: number;
}

const [store, palette] = createSpotlight();

/** How many of a kind are shown: whoever sees none that fits types more. */
const MOST = 6;
/** How long typing rests before the API is asked, in milliseconds. */
const REST = 200;

/** Goes anywhere by its name or id: the API looks, so that nothing is missed, however much there is. Loaded when it is first asked for. */
export function Palette({ places, asked }: PaletteProps) {
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), REST);
  const { things, isLooking, error } = useThings(q);
  const all = { ...usePlaces(places, q), ...things };
  const groups = Object.entries(all).filter(([, found]) => found.length > 0);
  useEffect(() => {
    if (asked > 0) palette.open();
  }, [asked]);
  useFirstSelected(groups.flatMap(([, found]) => found.map(({ to }) => to)).join(' '));
  return (
    <Spotlight.Root store={store} shortcut={null} query={typed} onQueryChange={setTyped} scrollable>
      <Spotlight.Search
        leftSection={<IconSearch size={17} aria-hidden />}
        placeholder="A page, client, grant, connection, person, or an id"
        aria-label="Find"
        maxLength={200}
      />
      <Spotlight.ActionsList>
        {groups.map(([name, found]) => (
          <Spotlight.ActionsGroup key={name} label={name}>
            {found.map((each) => (
              <Action key={each.to + each.name} found={each} />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        <div className={classes.said} role="status">
          {isLooking ? <Working what="Looking ..." /> : null}
          <Failure error={error} />
          {groups.length === 0 && !isLooking && !error ? (
            <>
              Nothing here is called <q>{inert(q)}</q>. Tasks, approvals and holds are found by their whole id.
            </>
          ) : null}
        </div>
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** What the enter key opens is the first of what was found: the library keeps the place in what was found before. */
function useFirstSelected(found: string): void {
  useEffect(() => {
    const [first, ...others] = document.querySelectorAll(found === '' ? '.none' : '[data-action]');
    for (const other of others) other.removeAttribute('data-selected');
    first?.setAttribute('data-selected', 'true');
    store.updateState((state) => ({ ...state, selected: first === undefined ? -1 : 0 }));
  }, [found]);
}

const LOOK = { action: classes.action ?? '', actionDescription: classes.about ?? '' };

function Action({ found: { to, name, about, Icon } }: { readonly found: Found }) {
  const { history } = useRouter();
  return (
    <Spotlight.Action
      label={inert(name)}
      classNames={LOOK}
      leftSection={<Icon size={17} aria-hidden />}
      onClick={() => history.push(to)}
      {...defined({ description: about === undefined ? undefined : inert(about) })}
    />
  );
}

/** The pages, and what this person may make. */
function usePlaces(places: readonly Place[], q: string): Record<string, readonly Found[]> {
  const mayMake = useMay('admin');
  const named = ({ name }: Found): boolean => name.toLowerCase().includes(q.toLowerCase());
  const own: readonly Found[] = [
    { name: 'My account', to: '/account', Icon: IconUser },
    { name: 'Freezes', to: '/freeze', Icon: IconArrowRight },
  ];
  const make: readonly Found[] = [
    { name: 'New grant', to: '/grants/new', Icon: IconPlus },
    { name: 'New client', to: '/clients/new', Icon: IconPlus },
    { name: 'New connection', to: '/connections/new', Icon: IconPlus },
  ];
  return { 'Go to': [...places, ...own].filter(named), Make: mayMake ? make.filter(named) : [] };
}

/** What the API finds. Connections and people are few: their lists are looked through here. */
function useThings(q: string) {
  const enabled = q !== '';
  const options = { enabled, keepOld: true };
  const clients = useApi('clients.list', defined({ q: q || undefined, limit: MOST }), options);
  const grants = useApi('grants.list', defined({ q: q || undefined, limit: MOST }), options);
  const connections = useApi('connections.list', { limit: 1000 }, { enabled });
  const people = useApi('users.list', { limit: 1000 }, { enabled });
  const has = (...texts: readonly string[]): boolean =>
    texts.some((text) => text.toLowerCase().includes(q.toLowerCase()));
  const asked = [clients, grants, connections, people];
  const things: Record<string, readonly Found[]> = enabled
    ? {
        'By id': byId(q),
        Clients: (clients.data?.items ?? []).map(({ client_id, name }) => ({
          ...{ name, about: client_id, to: `/clients/${client_id}`, Icon: IconRobot },
        })),
        Grants: (grants.data?.items ?? []).map(({ id, name, client_id, connection }) => ({
          ...{ name: name ?? 'Grant without a name', about: `${client_id} at ${connection}` },
          ...{ to: `/grants/${id}`, Icon: IconTicket },
        })),
        Connections: (connections.data?.items ?? [])
          .filter(({ slug, provider }) => has(slug, provider))
          .slice(0, MOST)
          .map(({ slug, provider }) => ({ name: slug, about: provider, to: `/connections/${slug}`, Icon: IconPlug })),
        People: (people.data?.items ?? [])
          .filter(({ name, email }) => has(name, email))
          .slice(0, MOST)
          .map(({ name, email }) => ({ name, about: email, to: '/people', Icon: IconUser })),
      }
    : {};
  return {
    things,
    isLooking: asked.some(({ isFetching }) => isFetching),
    error: asked.find(({ error }) => error)?.error,
  };
}

/** Where a whole id leads. */
function byId(text: string): readonly Found[] {
  const kinds = [
    ['task', '/tasks/'],
    ['approval', '/approvals/'],
    ['hold', '/holds/'],
    ['grant', '/grants/'],
    ['request', '/grants/new?request='],
  ] as const;
  return kinds
    .filter(([kind]) => isId(kind, text))
    .map(([kind, path]) => ({ name: `Open the ${kind}`, about: text, to: `${path}${text}`, Icon: IconArrowRight }));
}
