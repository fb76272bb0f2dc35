import { Button, Group } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useChange } from '../../api/queries.ts';
import { ClientSecret } from '../../parts/client-secret.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { FreezeSection } from '../../parts/freeze.tsx';
import { Section } from '../../parts/page.tsx';
import { makeKeyPair } from './key-pair.ts';
import type { Client } from './words.tsx';

/** The ways to stop a client, the mildest first, and to give it another secret or key. */
export function Stop({ client }: { readonly client: Client }) {
  const may = useMay('admin');
  return (
    <>
      <FreezeSection
        subject={{ client_id: client.client_id }}
        about="No request of it passes, no token is issued, answers under way are cut off."
        may={useMay('approver')}
      />
      {may && client.auth.method !== 'federated' ? <AnotherProof client={client} /> : null}
      {may ? <EndClient client={client} /> : null}
    </>
  );
}

/** Another secret, or another key pair, in the place of the one that is lost or that somebody else may have seen. */
function AnotherProof({ client: { client_id, auth, version } }: { readonly client: Client }) {
  const [made, setMade] = useState<string>();
  const isKey = auth.method === 'private_key_jwt';
  const noun = isKey ? 'key pair' : 'secret';
  const words = { title: `Make a new ${noun} for ${client_id}`, what: `The old one of ${client_id} stops at once.` };
  const rotate = useChange('clients.rotate_secret', words);
  const patch = useChange('clients.patch', words);
  const run = async (): Promise<void> => {
    if (!isKey) {
      const { client_secret } = await rotate.mutateAsync({ id: client_id });
      rotate.reset();
      return setMade(client_secret);
    }
    const { jwk, secret } = await makeKeyPair();
    await patch.mutateAsync({ id: client_id, auth: { ...auth, jwks: { keys: [jwk] } }, if_version: version });
    setMade(secret);
  };
  return (
    <Section
      title={isKey ? 'Key pair' : 'Secret'}
      about="For one that is lost, or that somebody else may have seen. Tokens that are out stay good."
    >
      {made === undefined ? (
        <Confirm
          title={words.title}
          run={run}
          button={(open) => (
            <Group>
              <Button variant="default" onClick={open}>
                Make a new {noun}
              </Button>
            </Group>
          )}
        >
          The old {noun} of {client_id} stops at once: it gets no token until it has the new one.
        </Confirm>
      ) : (
        <ClientSecret client_id={client_id} isKey={isKey} text={made} next={['Go on', () => setMade(undefined)]} />
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
              {disabled_at === null ? 'Disable the client' : 'Enable the client'}
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
    </Section>
  );
}
