import { Button, Modal, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { signIn } from '../api/client.ts';
import { useGate } from '../api/gate.ts';
import { type Me, MeContext } from '../api/me.ts';
import { Inert } from '../parts/inert.tsx';
import { ProofProvider } from '../parts/proof.tsx';
import { Frame } from './frame.tsx';
import { type SignedInUser, SignInForm } from './sign-in.tsx';

/** Everything behind the sign-in: the frame, the person, and the places where that person is asked for something. */
export function Inside({ me }: { readonly me: Me }) {
  return (
    <SomebodyHere me={me}>
      <Frame />
    </SomebodyHere>
  );
}

/** Who is signed in, for what is below, with the places where that person is asked for something. */
export function SomebodyHere({ me, children }: { readonly me: Me; readonly children: ReactNode }) {
  return (
    <MeContext value={me}>
      <ProofProvider>{children}</ProofProvider>
      <SignInAgain me={me} />
    </MeContext>
  );
}

/** The sign-in over a page whose session has ended: nothing that was typed is lost. Another person begins with a page of their own. */
function SignInAgain({ me }: { readonly me: Me }) {
  const opened = useGate(signIn);
  const client = useQueryClient();
  const [other, setOther] = useState<SignedInUser>();
  const done = (user: SignedInUser): void => {
    if (user.id !== me.id) {
      setOther(user);
      return;
    }
    signIn.close();
    void client.invalidateQueries();
  };
  return (
    <Modal
      opened={opened}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      // Over every dialog: whichever was open when the session ended waits for it.
      zIndex={400}
      title={other === undefined ? 'Sign in again' : 'This page is not yours'}
      size="sm"
    >
      {other === undefined ? (
        <Stack gap="sm">
          <SignInForm
            email={me.email}
            done={done}
            above={
              <span>Your session has ended. Nothing on this page is lost: it goes on when you have signed in.</span>
            }
          />
          <Button variant="subtle" color="quiet" onClick={beginAnew}>
            I am somebody else
          </Button>
        </Stack>
      ) : (
        <Stack gap="md">
          <span>
            You are signed in as <Inert text={other.name} />. What <Inert text={me.name} /> had typed here was not sent,
            and is thrown away.
          </span>
          <Button onClick={beginAnew}>Go to my own page</Button>
        </Stack>
      )}
    </Modal>
  );
}

/** Leaves the page with all that is in it. */
function beginAnew(): void {
  location.assign('/');
}
