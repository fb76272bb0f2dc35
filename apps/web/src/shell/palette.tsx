import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { IconPlug, IconRobot, IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type ComponentType, useEffect } from 'react';
import { useApi } from '../api/queries.ts';

interface Place {
  readonly to: string;
  readonly name: string;
  readonly Icon: ComponentType<{ readonly size?: number }>;
}

interface PaletteProps {
  readonly places: readonly Place[];
  /** How often it was asked for: it opens each time. */
  readonly asked: number;
}

/** Goes anywhere by its name: places, things to make, clients, connections. Loaded when it is first asked for. */
export function Palette({ places, asked }: PaletteProps) {
  const go = useNavigate();
  const clients = useApi('clients.list', { limit: 200 });
  const connections = useApi('connections.list', { limit: 200 });
  useEffect(() => {
    if (asked > 0) spotlight.open();
  }, [asked]);
  const action = (
    group: string,
    label: string,
    to: string,
    Icon: Place['Icon'],
  ): SpotlightActionData & { group: string } => ({
    id: `${group} ${to}`,
    group,
    label,
    leftSection: <Icon size={17} />,
    onClick: () => void go({ to }),
  });
  const actions = [
    ...places.map(({ to, name, Icon }) => action('Go to', name, to, Icon)),
    action('Make', 'New grant', '/grants/new', IconSearch),
    action('Make', 'New client', '/clients/new', IconRobot),
    action('Make', 'New connection', '/connections/new', IconPlug),
    ...(clients.data?.items ?? []).map(({ client_id, name }) =>
      action('Clients', name, `/clients/${client_id}`, IconRobot),
    ),
    ...(connections.data?.items ?? []).map(({ slug }) => action('Connections', slug, `/connections/${slug}`, IconPlug)),
  ];
  return (
    <Spotlight
      actions={groupsOf(actions)}
      shortcut={null}
      limit={30}
      highlightQuery
      nothingFound="Nothing by that name."
      searchProps={{
        leftSection: <IconSearch size={17} />,
        placeholder: 'Go to a page, a client, a connection ...',
        'aria-label': 'Find',
      }}
    />
  );
}

function groupsOf(actions: readonly (SpotlightActionData & { readonly group: string })[]) {
  const names = [...new Set(actions.map(({ group }) => group))];
  return names.map((group) => ({ group, actions: actions.filter((action) => action.group === group) }));
}
