import type { ReactNode } from 'react';
import { ShownOnce } from './shown-once.tsx';

interface ClientSecretProps {
  readonly client_id: string;
  /** True for a private key, which was made in this browser; false for a secret of the broker. */
  readonly isKey?: boolean;
  readonly text: string;
  /** What comes next, once it is stored. */
  readonly next?: readonly [name: string, go: () => void];
  readonly action?: ReactNode;
}

/** By what a client proves who it is, seen this once. */
export function ClientSecret({ client_id, isKey = false, text, ...on }: ClientSecretProps) {
  const what = isKey ? `The private key of ${client_id}` : `The secret of ${client_id}`;
  return (
    <ShownOnce what={what} text={text} file={`${client_id}.${isKey ? 'jwk' : 'secret'}`} {...on}>
      {what}. It is shown this once: put it where the client alone can read it, in no repository. If it is lost, make
      another on the page of the client.
    </ShownOnce>
  );
}
