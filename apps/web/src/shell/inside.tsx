import { Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { signIn } from '../api/client.ts';
import { useGate } from '../api/gate.ts';
import { ProofProvider } from '../parts/proof.tsx';
import { Frame } from './frame.tsx';
import { type Me, MeContext } from './me.ts';
import { SignInForm } from './sign-in.tsx';

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
  const done = ({ id }: { readonly id: string }): void => {
    if (id === me.id) {
      signIn.close();
      void client.invalidateQueries();
    } else location.assign('/');
  };
  return (
    <Modal
      opened={opened}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      // Over every dialog: whichever was open when the session ended waits for it.
      zIndex={400}
      title="Sign in again"
      size="sm"
    >
      <SignInForm
        email={me.email}
        done={done}
        above={<span>Your session has ended. Nothing on this page is lost: it goes on when you have signed in.</span>}
      />
    </Modal>
  );
}
