import { getKeptBody } from '@writ/store';
import type { Services } from '../context.ts';

/** Bytes that the vault sealed. */
export type SealedBody = Awaited<ReturnType<Services['vault']['sealKeptBody']>>;

/** What seals and opens them. */
export type Vault = Pick<Services, 'organization_id' | 'vault'>;

/** Opens kept bytes; undefined where none are kept, or their time is over. Throws `WritError` (`unavailable`) where they do not open. */
export async function openBody(
  { organization_id, vault, store }: Vault & Pick<Services, 'store'>,
  id: string,
  part: 'request' | 'answer',
): Promise<string | undefined> {
  const key = { organization_id, id, part };
  const kept = await getKeptBody(store.db, key);
  return kept === undefined ? undefined : (await vault.openKeptBody(kept.sealed, key)).expose();
}

/** Bytes as the API gives them: as text where they are UTF-8, else in base64. */
export function bodyView(bytes: Buffer): { readonly body: string | null; readonly body_base64: string | null } {
  try {
    const body = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { body, body_base64: null };
  } catch {
    return { body: null, body_base64: bytes.toString('base64') };
  }
}
