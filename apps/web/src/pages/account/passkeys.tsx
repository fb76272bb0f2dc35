import { Button } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { inert } from '@writ/core';
import { useState } from 'react';
import { useApiList, useChange } from '../../api/queries.ts';
import { Act } from '../../parts/act.tsx';
import { Inert } from '../../parts/inert.tsx';
import { List } from '../../parts/list.tsx';
import { Section } from '../../parts/page.tsx';
import { AddPasskey, useCanMakePasskey } from '../../parts/passkeys.tsx';
import { Empty } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';

/** One's own passkeys. */
export function Passkeys() {
  const list = useApiList('passkeys.list', {});
  const canMake = useCanMakePasskey();
  const [adding, setAdding] = useState(false);
  const add = (
    <Button variant="default" onClick={() => setAdding(true)}>
      Add a passkey
    </Button>
  );
  return (
    <Section
      title="Passkeys"
      about="With a passkey you sign in, and prove what you approve, by your device. A lost one: remove it here. If you cannot sign in any more, an owner resets you under People: you choose a new password, and every passkey of yours is gone."
      actions={canMake && !adding && list.items?.length ? add : null}
    >
      {canMake === false ? (
        <p>This browser, or this address, cannot make passkeys: they need https (or localhost) and a host name.</p>
      ) : null}
      {adding ? (
        <AddPasskey done={() => setAdding(false)} otherwise={{ name: 'Go back', go: () => setAdding(false) }} />
      ) : null}
      <List
        label="Passkeys"
        list={list}
        keyOf={({ id }) => id}
        empty={
          adding ? null : (
            <Empty title="No passkey yet" action={canMake ? add : null}>
              You sign in with your password alone.
            </Empty>
          )
        }
        columns={[
          { name: 'Name', cell: ({ name }) => <Inert text={name} /> },
          { name: 'Made', width: '150px', cell: ({ created_at }) => <Time at={created_at} /> },
          {
            name: 'Last used',
            width: '150px',
            cell: ({ last_used_at }) => (last_used_at === null ? 'never' : <Time at={last_used_at} />),
          },
          { name: 'Kind', width: '190px', cell: (passkey) => <Kind passkey={passkey} /> },
          { name: 'Actions', width: '200px', cell: (passkey) => <RemovePasskey passkey={passkey} /> },
        ]}
      />
    </Section>
  );
}

type Passkey = OutputOf<'passkeys.list'>['items'][number];

function Kind({ passkey: { usable, backed_up } }: { readonly passkey: Passkey }) {
  if (!usable) return <Label tone="warn">of another address</Label>;
  return <Label>{backed_up ? 'on several devices' : 'on one device'}</Label>;
}

function RemovePasskey({ passkey: { id, name } }: { readonly passkey: Passkey }) {
  const remove = useChange('passkeys.delete', {
    title: 'Remove the passkey',
    what: `Nobody signs in or proves anything with "${inert(name)}" from then on. Your device may go on offering it: remove it there too.`,
    danger: true,
  });
  return (
    <Act change={remove} label={`Remove the passkey ${inert(name)}`} onClick={() => remove.mutate({ id })}>
      Remove the passkey
    </Act>
  );
}
