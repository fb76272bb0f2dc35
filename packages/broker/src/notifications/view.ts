import type { OutputOf } from '@writ/api';
import type { Notification } from '@writ/store';
import { timeOrNull, timeOut } from '../page.ts';

/** A notification as the API shows it: never its URL, which is a secret. */
export function notificationView(row: Notification): OutputOf<'notifications.patch'> {
  const { id, name, kind, target, events, created_by, created_at, last_error, given_up } = row;
  const { last_sent_at, failing_since } = row;
  const shown = { id, name, kind, target, events, created_by, created_at: timeOut(created_at), last_error, given_up };
  return { ...shown, last_sent_at: timeOrNull(last_sent_at), failing_since: timeOrNull(failing_since) };
}
