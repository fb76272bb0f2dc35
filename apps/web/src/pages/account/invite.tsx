import { Button, Modal } from '@mantine/core';
import { Suspense, useState } from 'react';
import { later } from '../../parts/later.ts';
import { Loading } from '../../parts/states.tsx';
import type { OneTimeLink } from './invite-form.tsx';

const InviteForm = later(async () => (await import('./invite-form.tsx')).InviteForm);

/** Invites somebody: the answer is a link that the owner passes on. */
export function Invite({ made }: { readonly made: (link: OneTimeLink) => void }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button onClick={() => setOpened(true)}>Invite somebody</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Invite somebody">
        <Suspense fallback={<Loading />}>
          <InviteForm
            close={() => setOpened(false)}
            made={(link) => {
              setOpened(false);
              made(link);
            }}
          />
        </Suspense>
      </Modal>
    </>
  );
}
