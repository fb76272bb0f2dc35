import type { OutputOf } from '@writ/api';
import { Label } from '../../parts/tags.tsx';

/** A client as the API tells it. */
export type Client = OutputOf<'clients.get'>;

/** By what a client proves who it is. */
export type Proof = Client['auth']['method'];

/** Each in a few words, and what it means for who keeps it. */
export const PROOFS: Readonly<Record<Proof, { readonly name: string; readonly about: string }>> = {
  client_secret_basic: { name: 'a secret', about: 'The simplest. Writ shows it once and keeps only its hash.' },
  private_key_jwt: { name: 'a key pair', about: 'Made in this browser; the private key is never sent.' },
  federated: { name: 'its CI identity', about: 'No secret at all: the job shows who its CI system says it is.' },
};

/** Whether a client can get tokens. */
export function State({ client: { disabled_at, can_authenticate } }: { readonly client: Client }) {
  if (disabled_at !== null) return <Label tone="bad">disabled</Label>;
  return can_authenticate ? <Label tone="good">enabled</Label> : <Label tone="warn">has no secret</Label>;
}
