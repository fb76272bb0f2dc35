import type { OutputOf } from '@writ/api';
import type { User } from '@writ/store';
import { timeOut } from '../page.ts';

/** A user as the API shows it. */
export function userView(user: User): OutputOf<'users.patch'> {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    status: user.password_hash === null ? 'invited' : 'active',
    created_at: timeOut(user.created_at),
  };
}
