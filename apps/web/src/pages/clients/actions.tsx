import { Button, Group } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi, useChange } from '../../api/queries.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Freeze } from '../../parts/freeze.tsx';
import { Inert } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { Section } from '../../parts/page.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { Failure } from '../../parts/states.tsx';
import { useMay } from '../../shell/me.ts';
import type { Client } from './words.tsx';

/** The ways to stop a client, the mildest first, and to give it another secret. */
export function Stop({ client }: { readonly client: Client }) {
  const may = useMay('admin');
  return (
    <>
      <FreezeClient client={client} />
      {may && client.auth.method === 'client_secret_basic' ? <RotateSecret client={client} /> : null}
      {may ? <EndClient client={client} /> : null}
    </>
  );
}

function FreezeClient({ client: { client_id } }: { readonly client: Client }) {
  const may = useMay('approver');
  const freezes = useApi('freeze.list', { limit: 1000 });
  const frozen = freezes.data?.items.find(({ scope, subject }) => scope === 'client' && subject === client_id);
  if (frozen)
    return (
      <Section title="It is frozen">
        <p>
          <Inert text={frozen.reason} />. An owner lifts it: <TextLink to="/freeze">what is frozen</TextLink>.
        </p>
      </Section>
    );
  return (
    <Section
      title="Freeze"
      about="No request of it passes, no token is issued, answers under way are cut off. An owner lifts it; nothing is lost."
    >
      {may ? (
        <Freeze
          subject={{ client_id }}
          button={(open) => (
            <Group>
              <Button variant="default" onClick={open}>
                Freeze the client
              </Button>
            </Group>
          )}
        />
      ) : (
        <p>An approver can freeze it.</p>
      )}
    </Section>
  );
}

function RotateSecret({ client: { client_id } }: { readonly client: Client }) {
  const [secret, setSecret] = useState<string>();
  const rotate = useChange('clients.rotate_secret', {
    title: 'Make a new secret',
    what: `The old secret of ${client_id} stops at once.`,
  });
  const run = async (): Promise<void> => {
    const made = await rotate.mutateAsync({ id: client_id });
    rotate.reset();
    setSecret(made.client_secret);
  };
  return (
    <Section
      title="Secret"
      about="For one that is lost, or that somebody else may have seen. Tokens that are out stay good."
    >
      {secret === undefined ? (
        <Confirm
          title="Make a new secret"
          run={run}
          button={(open) => (
            <Group>
              <Button variant="default" onClick={open}>
                Make a new secret
              </Button>
            </Group>
          )}
        >
          The old secret of {client_id} stops at once: it gets no token until it has the new one.
        </Confirm>
      ) : (
        <ShownOnce
          what={`The secret of ${client_id}`}
          text={secret}
          file={`${client_id}.secret`}
          action={<Button onClick={() => setSecret(undefined)}>I have stored it</Button>}
        >
          The new secret of {client_id}. It is shown this once: put it where the client alone can read it, in no
          repository.
        </ShownOnce>
      )}
    </Section>
  );
}

function EndClient({ client: { client_id, disabled_at } }: { readonly client: Client }) {
  const go = useNavigate();
  const patch = useChange('clients.patch', ({ disabled }) => ({
    title: disabled ? `Disable ${client_id}` : `Enable ${client_id}`,
  }));
  const remove = useChange('clients.delete', { title: 'Delete the client' });
  return (
    <Section
      title="Disable or delete"
      about="A disabled client gets no token, and its tokens stop. A deleted one is gone for good."
    >
      <Group gap="sm">
        <Confirm
          title={disabled_at === null ? `Disable ${client_id}` : `Enable ${client_id}`}
          danger={disabled_at === null}
          run={() => patch.mutateAsync({ id: client_id, disabled: disabled_at === null })}
          button={(open) => (
            <Button variant="default" onClick={open}>
              {disabled_at === null ? 'Disable it' : 'Enable it'}
            </Button>
          )}
        >
          {disabled_at === null
            ? 'It gets no token from now on, and those that are out stop. Its grants stay.'
            : 'It can ask for tokens again, within its grants.'}
        </Confirm>
        <Confirm
          title={`Delete ${client_id}`}
          run={async () => {
            await remove.mutateAsync({ id: client_id });
            await go({ to: '/clients' });
          }}
          button={(open) => (
            <Button variant="default" onClick={open}>
              Delete the client
            </Button>
          )}
        >
          Its tokens stop at once, its grants end, and its id is never used again. The log keeps what it did.
        </Confirm>
      </Group>
      {patch.error ? <Failure error={patch.error} /> : null}
    </Section>
  );
}
