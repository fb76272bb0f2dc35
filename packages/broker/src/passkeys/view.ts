import type { OutputOf } from '@writ/api';
import type { Passkey } from '@writ/store';
import type { Services } from '../context.ts';
import { timeOrNull, timeOut } from '../page.ts';

/** A passkey as the API shows it. */
export function passkeyView({ config }: Pick<Services, 'config'>, passkey: Passkey): OutputOf<'passkeys.create'> {
  return {
    id: passkey.id,
    name: passkey.name,
    created_at: timeOut(passkey.created_at),
    last_used_at: timeOrNull(passkey.last_used_at),
    backed_up: passkey.backed_up,
    usable: passkey.rp_id === new URL(config.publicUrl).hostname,
  };
}
