import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useApi } from '../../api/queries.ts';
import { later } from '../../parts/later.ts';
import { TextLink } from '../../parts/link.tsx';
import { OneThing } from '../../parts/one-thing.tsx';
import { Page } from '../../parts/page.tsx';
import { type Connection, useProviders } from '../../parts/providers.ts';
import { PageTabs } from '../../parts/tabs.tsx';
import classes from './connections.module.css';
import { HealthTag, healthOf } from './health.tsx';
import { OverviewTab } from './overview.tsx';

// Each is loaded when it is looked at.
const EnvironmentsTab = later(async () => (await import('./environments.tsx')).EnvironmentsTab);
const GuardrailsTab = later(async () => (await import('./guardrails.tsx')).GuardrailsTab);
const InventoryTab = later(async () => (await import('./inventory.tsx')).InventoryTab);
const OperationsTab = later(async () => (await import('./operations.tsx')).OperationsTab);

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

function Shown({ connection }: { readonly connection: Connection }) {
  const { slug, provider, base_url } = connection;
  const { tab } = useSearch({ from: '/signed-in/connections/$slug' });
  const go = useNavigate();
  const { data: providers } = useProviders();
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
      <PageTabs
        label={`Parts of ${slug}`}
        wanted={tab}
        open={(next) => void go({ to: '/connections/$slug', params: { slug }, search: { tab: next }, replace: true })}
        tabs={[
          ['overview', 'Overview', () => <OverviewTab connection={connection} />],
          ['environments', 'Environments', () => <EnvironmentsTab connection={connection} />],
          ['guardrails', 'Guardrails', () => <GuardrailsTab connection={connection} />],
          ['inventory', 'Inventory', () => <InventoryTab connection={connection} />],
          ['operations', 'Operations', () => <OperationsTab connection={connection} />],
        ]}
      />
    </Page>
  );
}
