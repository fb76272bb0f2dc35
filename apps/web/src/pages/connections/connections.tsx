import { IconPlus } from '@tabler/icons-react';
import { useMay } from '../../api/me.ts';
import { useApiList } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { type Connection, useProviders } from '../../parts/providers.ts';
import { Empty } from '../../parts/states.tsx';
import classes from './connections.module.css';
import { ExposureOverview } from './exposure.tsx';
import { HealthTag, healthOf, LastVerified } from './health.tsx';

/** Every connection, with how its root credential is. */
export function ConnectionsPage() {
  const list = useApiList('connections.list', {});
  const { data: providers } = useProviders();
  const mayAdd = useMay('admin');
  const add = mayAdd ? (
    <ButtonLink to="/connections/new" leftSection={<IconPlus size={15} aria-hidden />}>
      Add a connection
    </ButtonLink>
  ) : null;
  return (
    <Page
      title="Connections"
      about="The providers whose root credentials Writ holds, so that no agent has to."
      actions={(list.items?.length ?? 0) > 0 ? add : null}
    >
      <List
        label="Connections"
        list={list}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No connections yet" action={add}>
            Writ holds no root credential. A connection is a provider and its root credential: agents reach the provider
            through it, and never see it.
          </Empty>
        }
        columns={[
          {
            name: 'Connection',
            width: '20%',
            cell: ({ slug }) => (
              <TextLink to="/connections/$slug" params={{ slug }} fw={600}>
                {slug}
              </TextLink>
            ),
          },
          { name: 'Provider', width: '16%', cell: ({ provider }) => providers?.get(provider)?.title ?? provider },
          { name: 'Root credential', width: '34%', cell: (connection) => <RootCredential connection={connection} /> },
          { name: 'Whose it is', cell: ({ identity }) => (identity === null ? '-' : <Inert text={identity} />) },
          { name: 'Verified', width: '130px', cell: (connection) => <LastVerified connection={connection} /> },
        ]}
      />
      {(list.items?.length ?? 0) > 0 ? <ExposureOverview /> : null}
    </Page>
  );
}

function RootCredential({ connection }: { readonly connection: Connection }) {
  const health = healthOf(connection);
  return (
    <span className={classes.health}>
      <HealthTag health={health} />
      {health.tone === 'good' ? null : <span className={classes.soft}>{firstSentence(health.sentence)}</span>}
    </span>
  );
}

function firstSentence(text: string): string {
  return text.slice(0, text.indexOf('. ') + 1) || text;
}
