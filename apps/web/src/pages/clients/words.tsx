import type { OutputOf } from '@writ/api';
import { Label } from '../../parts/tags.tsx';

/** A client as the API tells it. */
export type Client = OutputOf<'clients.get'>;

/** How a client proves who it is, in a few words. */
export const PROOFS: Readonly<Record<Client['auth']['method'], string>> = {
  client_secret_basic: 'a secret',
  private_key_jwt: 'a key of its own',
  federated: 'its CI identity',
};

/** Whether a client can get tokens. */
export function State({ client: { disabled_at, can_authenticate } }: { readonly client: Client }) {
  if (disabled_at !== null) return <Label tone="bad">disabled</Label>;
  return can_authenticate ? <Label tone="good">enabled</Label> : <Label tone="warn">has no secret</Label>;
}
