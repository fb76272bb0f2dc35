import { Tabs } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ComponentType, lazy, Suspense } from 'react';
import { useApi } from '../../api/queries.ts';
import { TextLink } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import { type Connection, useProviders } from '../../parts/providers.ts';
import { Loading, Ready } from '../../parts/states.tsx';
import classes from './connections.module.css';
import { HealthTag, healthOf } from './health.tsx';
import { OverviewTab } from './overview.tsx';

interface TabProps {
  readonly connection: Connection;
}

/** The parts of a connection's page, by the word in its address; each is loaded when it is opened. */
const TABS: readonly (readonly [id: string, name: string, Tab: ComponentType<TabProps>])[] = [
  ['overview', 'Overview', OverviewTab],
  [
    'environments',
    'Environments',
    lazy(async () => ({ default: (await import('./environments.tsx')).EnvironmentsTab })),
  ],
  ['guardrails', 'Guardrails', lazy(async () => ({ default: (await import('./guardrails.tsx')).GuardrailsTab }))],
  ['inventory', 'Inventory', lazy(async () => ({ default: (await import('./inventory.tsx')).InventoryTab }))],
  ['operations', 'Operations', lazy(async () => ({ default: (await import('./operations.tsx')).OperationsTab }))],
];

/** One connection: whose its root token is, what it reaches, how that is guarded, and what it can do. */
export function ConnectionPage() {
  const { slug } = useParams({ from: '/signed-in/connections/$slug' });
  const { tab = 'overview' } = useSearch({ from: '/signed-in/connections/$slug' });
  const go = useNavigate();
  const providers = useProviders();
  const connection = useApi('connections.get', { connection: slug });
  const { data } = connection;
  return (
    <Page
      title={slug}
      above={<TextLink to="/connections">Connections</TextLink>}
      about={
        data === undefined ? null : (
          <span className={classes.health}>
            {providers?.get(data.provider)?.title ?? data.provider} at {data.base_url}
            <HealthTag health={healthOf(data)} />
          </span>
        )
      }
    >
      <Ready query={connection}>
        {(it) => (
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
            <Tabs.List className={classes.tabs}>
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
                    <Tab connection={it} />
                  </div>
                </Suspense>
              </Tabs.Panel>
            ))}
          </Tabs>
        )}
      </Ready>
    </Page>
  );
}
