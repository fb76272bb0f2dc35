import { Radio, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useApi, useChange } from '../../api/queries.ts';
import { ConnectionForm } from '../../parts/connection-form.tsx';
import { ImportEnvironments } from '../../parts/import-environments.tsx';
import { Inert } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { Facts } from '../../parts/page.tsx';
import type { Connection, Provider } from '../../parts/providers.ts';
import { Empty, Failure, Ready, Working } from '../../parts/states.tsx';
import classes from './wizard.module.css';

/** The first provider: its root token is sealed, asked who it is, and its environments get names. */
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
        Writ keeps a provider's root token, so that no agent holds it. Agents send their calls through Writ with a
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

function VerifyConnection({ connection: { slug } }: { readonly connection: Connection }) {
  const verify = useChange('connections.verify', { title: 'Verify the connection' });
  const { mutate } = verify;
  useEffect(() => mutate({ connection: slug }), [mutate, slug]);
  if (verify.error)
    return (
      <>
        <Failure error={verify.error} retry={() => mutate({ connection: slug })} />
        <p>
          Another token can be given under <TextLink to="/connections">the connection {slug}</TextLink>; this page goes
          on afterwards.
        </p>
      </>
    );
  return <Working what="Asking the provider whose token it is ..." />;
}

/** Whose token it is, and what its environments are called. */
function NameEnvironments({ connection: { slug, identity, reach } }: { readonly connection: Connection }) {
  return (
    <>
      <Facts
        facts={[
          ['The token belongs to', <Inert key="who" text={identity ?? 'unknown'} />],
          ['It reaches', <Inert key="reach" text={(reach ?? []).slice(0, 5).join(', ') || 'nothing that it names'} />],
        ]}
      />
      <ImportEnvironments slug={slug} />
    </>
  );
}
