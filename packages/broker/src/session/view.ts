import type { Session } from '@writ/store';
import { timeOut } from '../page.ts';
import { deviceOf } from './device.ts';

/** A session as the API shows it: never its bearer, nor the bearer's hash. */
export function sessionView(session: Session, currentId: string) {
  return {
    id: session.id,
    client: session.kind,
    created_at: timeOut(session.created_at),
    authenticated_at: timeOut(session.authenticated_at),
    last_seen_at: timeOut(session.last_seen_at),
    expires_at: timeOut(session.expires_at),
    address: session.address,
    device: deviceOf(session.user_agent),
    current: session.id === currentId,
  };
}
