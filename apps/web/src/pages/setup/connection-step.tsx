import { Button, Checkbox, Group, Radio, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useApi, useChange } from '../../api/queries.ts';
import { ConnectionForm } from '../../parts/connection-form.tsx';
import { Inert } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { Facts } from '../../parts/page.tsx';
import type { Connection, Provider } from '../../parts/providers.ts';
import { PROTECTED_MEANS } from '../../parts/rule-words.ts';
import { Empty, Failure, Ready, Working } from '../../parts/states.tsx';
import { type Chosen, itemsOf, keyOf, type Proposal } from './proposals.ts';
import classes from './wizard.module.css';

/** The first provider: its root token is sealed, asked who it is, and its environments get names. */
export function ConnectionStep({ connection }: { readonly connection: Connection | undefined }) {
  const providers = useApi('providers.list', { limit: 1000 });
  return (
    <Ready query={providers}>
      {({ items }) => {
        if (connection === undefined) return <NewConnection providers={items} />;
        if (connection.identity === null) return <VerifyConnection connection={connection} />;
        return (
          <ImportEnvironments connection={connection} provider={items.find(({ id }) => id === connection.provider)} />
        );
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

interface ImportProps {
  readonly connection: Connection;
  readonly provider: Provider | undefined;
}

function ImportEnvironments({ connection, provider }: ImportProps) {
  const { slug, identity, reach } = connection;
  const proposed = useApi('environments.importable', { connection: slug });
  const place = provider?.places.environment ?? 'environment';
  return (
    <>
      <Facts
        facts={[
          ['The token belongs to', <Inert key="who" text={identity ?? 'unknown'} />],
          ['It reaches', <Inert key="reach" text={(reach ?? []).slice(0, 5).join(', ') || 'nothing that it names'} />],
        ]}
      />
      <Ready query={proposed}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty
              title={`No ${place} was found`}
              action={<Button onClick={() => void proposed.refetch()}>Look again</Button>}
            >
              The provider lists none that this token reaches. Make one there, or give the connection another token.
            </Empty>
          ) : (
            <ImportForm connection={slug} proposals={items} />
          )
        }
      </Ready>
    </>
  );
}

function ImportForm({ connection, proposals }: { connection: string; proposals: readonly Proposal[] }) {
  const [chosen, setChosen] = useState<Chosen>({});
  const imports = useChange('environments.import', { title: 'Import the environments' });
  const items = itemsOf(proposals, chosen);
  return (
    <>
      <Checkbox.Group
        label="Which of them are protected?"
        description={`Protected: ${PROTECTED_MEANS}.`}
        value={proposals.filter((_, index) => items[index]?.protected).map(keyOf)}
        onChange={(keys) =>
          setChosen(Object.fromEntries(proposals.map((each) => [keyOf(each), keys.includes(keyOf(each))])))
        }
      >
        <div className={classes.environments}>
          {proposals.map((each) => (
            <Checkbox
              key={keyOf(each)}
              value={keyOf(each)}
              label={<Inert text={each.slug} />}
              description={<Inert text={each.found.slice(0, 3).join(', ')} />}
            />
          ))}
        </div>
      </Checkbox.Group>
      {imports.error ? <Failure error={imports.error} /> : null}
      <Group>
        <Button loading={imports.isPending} onClick={() => imports.mutate({ connection, items: items.slice(0, 200) })}>
          Import the environments
        </Button>
      </Group>
    </>
  );
}
