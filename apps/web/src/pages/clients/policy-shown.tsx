import type { FederatedAuth } from '@writ/core';
import { useApi } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Inert } from '../../parts/inert.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { useMay } from '../../shell/me.ts';
import { TestSaved } from './trust-test.tsx';

/** Which jobs are this client, and whether a token of one of them would be taken. */
export function Policy({ id, auth }: { readonly id: string; readonly auth: FederatedAuth }) {
  const systems = useApi('clients.ci_systems', { limit: 1000 });
  const may = useMay('admin');
  const title = systems.data?.items.find((system) => system.id === auth.ci)?.title ?? auth.ci;
  return (
    <Section title="Trust policy" about="A job whose token fits all of this is this client.">
      <Facts
        facts={[
          ['CI system', title],
          ['Issuer', <Id key="issuer" id={auth.issuer} what="the issuer" />],
          ['Audience', <Id key="audience" id={auth.audience} what="the audience" />],
          ...Object.entries(auth.claims).map(
            ([name, wanted]) => [name, <Inert key={name} text={[wanted].flat().join(' or ')} />] as const,
          ),
        ]}
      />
      {may ? <TestSaved id={id} /> : null}
    </Section>
  );
}
