import { Inert } from '../../parts/inert.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { Time } from '../../parts/time.tsx';
import type { OneTimeLink } from './invite-form.tsx';

/** A link that was just made: seen once. */
export function LinkShown({ link, close }: { readonly link: OneTimeLink; readonly close: () => void }) {
  return (
    <ShownOnce what={`The link for ${link.who}`} text={link.link} next={['I have passed it on', close]}>
      Give this link to <Inert text={link.who} /> yourself, by a way that only they read: who opens it chooses their
      password. It is good once, and ends <Time at={link.expires_at} />. It is not shown again.
    </ShownOnce>
  );
}
