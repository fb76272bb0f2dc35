import { Button, Group, Modal } from '@mantine/core';
import { Suspense, useState } from 'react';
import { later } from './later.ts';
import type { Connection } from './providers.ts';
import { Loading } from './states.tsx';

const CredentialForm = later(async () => (await import('./credential-form.tsx')).CredentialForm);

interface ReplaceProps {
  readonly slug: string;
  /** The one that is replaced; without one, the one for all environments is. */
  readonly credential?: Connection['credentials'][number] | undefined;
}

/** A button that gives a connection another root credential in the place of one, and verifies nothing by itself. */
export function ReplaceCredential({ slug, credential }: ReplaceProps) {
  const [opened, setOpened] = useState(false);
  const words = credential === undefined ? 'Give another root credential' : 'Replace this root credential';
  return (
    <>
      <Group>
        <Button variant="default" onClick={() => setOpened(true)}>
          {words}
        </Button>
      </Group>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`${words}: ${slug}`} size="lg">
        <Suspense fallback={<Loading />}>
          <CredentialForm slug={slug} credential={credential} mayBind={false} done={() => setOpened(false)} />
        </Suspense>
      </Modal>
    </>
  );
}

/** A button that adds a root credential bound to some environments: for them it is used in the place of a broader one. */
export function AddCredential({ slug }: { readonly slug: string }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Add one for some environments
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={`A root credential for some environments: ${slug}`}
        size="lg"
      >
        <Suspense fallback={<Loading />}>
          <CredentialForm slug={slug} credential={undefined} mayBind done={() => setOpened(false)} />
        </Suspense>
      </Modal>
    </>
  );
}
