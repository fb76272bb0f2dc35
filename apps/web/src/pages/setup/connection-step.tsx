import { Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApi } from '../../api/queries.ts';
import { ConnectionForm } from '../../parts/connection-form.tsx';
import { ImportEnvironments } from '../../parts/import-environments.tsx';
import { Inert } from '../../parts/inert.tsx';
import { Facts } from '../../parts/page.tsx';
import { type Connection, type Provider, versionsOf } from '../../parts/providers.ts';
import { Reach } from '../../parts/reach.tsx';
import { ReplaceCredential } from '../../parts/replace-credential.tsx';
import { Empty, Ready } from '../../parts/states.tsx';
import { Verify } from '../../parts/verify.tsx';
import classes from './wizard.module.css';

/** The first provider: its root credential is sealed, asked who it is, and its environments get names. */
export function ConnectionStep({ connection }: { readonly connection: Connection | undefined }) {
  const providers = useApi('providers.list', { limit: 1000 });
  return (
    <Ready query={providers}>
      {({ items }) => {
        if (connection === undefined) return <NewConnection providers={items} />;
        if (connection.identity === null) return <VerifyConnection connection={connection} />;
        return <NameEnvironments connection={connection} />;
      }}
    </Ready>
  );
}

function NewConnection({ providers }: { readonly providers: readonly Provider[] }) {
  const [chosen, choose] = useState(providers[0]?.id ?? '');
  const provider = providers.find(({ id }) => id === chosen);
  if (provider === undefined) return <Empty title="No provider">This Writ was built without any.</Empty>;
  return (
    <Stack gap="md">
      <p>
        Writ keeps a provider's root credential, so that no agent holds it. Agents send their calls through Writ with a
        short-lived token of their own.
      </p>
      {providers.length > 1 ? (
        <Radio.Group label="Provider" value={chosen} onChange={choose}>
          <div className={classes.choice}>
            {providers.map(({ id, title }) => (
              <Radio key={id} value={id} label={title} />
            ))}
          </div>
        </Radio.Group>
      ) : null}
      <ConnectionForm provider={provider} />
    </Stack>
  );
}

function VerifyConnection({ connection }: { readonly connection: Connection }) {
  const isOwner = useMay('owner');
  const { slug, credentials } = connection;
  return (
    <Verify
      key={versionsOf(connection)}
      slug={slug}
      isOwner={isOwner}
      atOnce
      rejected={<ReplaceCredential slug={slug} credential={credentials[0]} />}
    />
  );
}

/** Whose token it is, and what its environments are called. */
function NameEnvironments({ connection: { slug, identity, reach } }: { readonly connection: Connection }) {
  return (
    <>
      <Facts
        facts={[
          ['Whose it is', <Inert key="who" text={identity ?? 'unknown'} />],
          ['It reaches', <Reach key="reach" reach={reach ?? []} />],
        ]}
      />
      <ImportEnvironments slug={slug} />
    </>
  );
}
