import { Tabs } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ComponentType, Suspense } from 'react';
import { useApi } from '../../api/queries.ts';
import { later } from '../../parts/later.ts';
import { TextLink } from '../../parts/link.tsx';
import { OneThing } from '../../parts/one-thing.tsx';
import { Page } from '../../parts/page.tsx';
import { type Connection, useProviders } from '../../parts/providers.ts';
import { Loading } from '../../parts/states.tsx';
import { useTabInView } from '../../parts/tab-in-view.ts';
import classes from './connections.module.css';
import { HealthTag, healthOf } from './health.tsx';
import { OverviewTab } from './overview.tsx';

interface TabProps {
  readonly connection: Connection;
}

/** The parts of a connection's page, by the word in its address; each is loaded when it is opened. */
const TABS: readonly (readonly [id: string, name: string, Tab: ComponentType<TabProps>])[] = [
  ['overview', 'Overview', OverviewTab],
  ['environments', 'Environments', later(async () => (await import('./environments.tsx')).EnvironmentsTab)],
  ['guardrails', 'Guardrails', later(async () => (await import('./guardrails.tsx')).GuardrailsTab)],
  ['inventory', 'Inventory', later(async () => (await import('./inventory.tsx')).InventoryTab)],
  ['operations', 'Operations', later(async () => (await import('./operations.tsx')).OperationsTab)],
];

/** One connection: whose its root credential is, what it reaches, how that is guarded, and what it can do. */
export function ConnectionPage() {
  const { slug } = useParams({ from: '/signed-in/connections/$slug' });
  const connection = useApi('connections.get', { connection: slug });
  return (
    <OneThing key={slug} thing="connection" id={slug} to="/connections" query={connection}>
      {(it) => <Shown connection={it} />}
    </OneThing>
  );
}

function Shown({ connection }: TabProps) {
  const { slug, provider, base_url } = connection;
  const { tab = 'overview' } = useSearch({ from: '/signed-in/connections/$slug' });
  const go = useNavigate();
  const { data: providers } = useProviders();
  const tabs = useTabInView(tab);
  return (
    <Page
      title={slug}
      above={<TextLink to="/connections">Connections</TextLink>}
      about={
        <span className={classes.health}>
          {providers?.get(provider)?.title ?? provider} at {base_url}
          <HealthTag health={healthOf(connection)} />
        </span>
      }
    >
      <Tabs
        value={TABS.some(([id]) => id === tab) ? tab : 'overview'}
        keepMounted={false}
        onChange={(next) =>
          void go({
            to: '/connections/$slug',
            params: { slug },
            search: next === null ? {} : { tab: next },
            replace: true,
          })
        }
      >
        <Tabs.List className={classes.tabs} ref={tabs}>
          {TABS.map(([id, name]) => (
            <Tabs.Tab key={id} value={id}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map(([id, , Tab]) => (
          <Tabs.Panel key={id} value={id} pt="md">
            <Suspense fallback={<Loading />}>
              <div className={classes.panel}>
                <Tab connection={connection} />
              </div>
            </Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
