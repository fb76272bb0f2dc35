import { Select } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApi } from '../../api/queries.ts';
import { Snippet } from '../../parts/copy.tsx';
import { firstCallCommand } from '../../parts/first-call.ts';
import { ButtonLink } from '../../parts/link.tsx';
import { Section } from '../../parts/page.tsx';
import { Empty, Ready } from '../../parts/states.tsx';
import { type Ready as Pasted, snippetsFor } from './snippets.ts';
import type { Client } from './words.tsx';

/** What to paste where, so that the client's calls go through Writ. */
export function UseIt({ client }: { readonly client: Client }) {
  const connections = useApi('connections.list', { limit: 1000 });
  const may = useMay('admin');
  return (
    <Ready query={connections}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty
            title="No connection yet"
            action={may ? <ButtonLink to="/setup">Go on with the set-up</ButtonLink> : null}
          >
            There is nothing that it could call.
          </Empty>
        ) : (
          <Snippets client={client} connections={items.map(({ slug, provider }) => ({ slug, provider }))} />
        )
      }
    </Ready>
  );
}

interface SnippetsProps {
  readonly client: Client;
  readonly connections: readonly { readonly slug: string; readonly provider: string }[];
}

function Snippets({ client, connections }: SnippetsProps) {
  const [slug, setSlug] = useState(connections[0]?.slug ?? '');
  const providers = useApi('providers.list', { limit: 1000 });
  const systems = useApi('clients.ci_systems', { limit: 1000 }, { enabled: client.auth.method === 'federated' });
  const { client_id, auth } = client;
  const { origin } = location;
  return (
    <>
      {connections.length > 1 ? (
        <Select
          label="Connection"
          data={connections.map((each) => each.slug)}
          value={slug}
          allowDeselect={false}
          onChange={(value) => value !== null && setSlug(value)}
          mb="md"
        />
      ) : null}
      <Ready query={providers}>
        {({ items }) => {
          const connection = connections.find((each) => each.slug === slug);
          const provider = items.find(({ id }) => id === connection?.provider);
          if (provider === undefined) return null;
          const { example } = provider;
          const system = auth.method === 'federated' ? systems.data?.items.find(({ id }) => id === auth.ci) : undefined;
          const place = { origin, client, connection: slug, provider, system };
          const first = {
            title: 'A first call',
            about: 'Paste it into a terminal: it asks for the secret, gets a token, and makes one call.',
            text: firstCallCommand({ origin, client_id, connection: slug, example }),
          };
          const all: readonly Pasted[] = [
            ...(auth.method === 'client_secret_basic' ? [first] : []),
            ...snippetsFor(place),
          ];
          return all.map(({ title, about, text, isProse }) => (
            <Section key={title} title={title} about={about}>
              <Snippet what={title} text={text} isProse={isProse} />
            </Section>
          ));
        }}
      </Ready>
    </>
  );
}
