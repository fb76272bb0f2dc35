import { z } from 'zod';
import { id, line, page, time } from './common.ts';
import { passkeyProof } from './passkeys.ts';
import { email, newPassword, password, user } from './users.ts';

/**
 * What the session is for. `browser`: answered as a cookie. `cli`: answered as `session_token`, for `Authorization: Bearer`;
 * such a session is stored on disk, so its sign-in never counts as recent.
 */
const client = z.enum(['browser', 'cli']).default('browser');

/** `open` is true until the first owner is made, with the link that the broker printed. */
export const setupState = z.object({ open: z.boolean() });

export const setup = z.strictObject({
  setup_token: z.string().min(1).max(200),
  email,
  name: line(100),
  password: newPassword,
  client,
});

export const createSession = z.union([
  z.strictObject({ email, password, client }),
  z.strictObject({ passkey: passkeyProof, client }),
]);

/** How one can sign in. `passkey`: whether browsers do passkeys at Writ's URL. The same whoever asks. */
export const methods = z.object({ set_up: z.boolean(), passkey: z.boolean() });

/** A session as listed. `device`: what it was begun on, in a few words; null where that is not known. */
export const session = z.object({
  id,
  client: z.enum(['browser', 'cli']),
  created_at: time,
  authenticated_at: time,
  last_seen_at: time,
  expires_at: time,
  address: z.string().nullable(),
  device: z.string().nullable(),
  current: z.boolean(),
});

export const sessions = page(session);

/** The user who has just signed in. `session_token` is there only for `"client": "cli"`. */
export const signedIn = z.object({ user, session, session_token: z.string().optional() });

/**
 * A notice to an owner of something that another owner did; it is shown for 30 days. `owner_told`: something is guarded less than before, or
 * somebody was invited, reset or given another role.
 */
export const notice = z.object({
  kind: z.enum(['audit_pruned', 'owner_told']),
  at: time,
  detail: z.string().describe('a sentence'),
});

/** How many of one's sessions were ended. */
export const sessionsEnded = z.object({ sessions_ended: z.int() });

export const patchMe = z.strictObject({ name: line(100) });

export const setPassword = z.strictObject({ new_password: newPassword });

/** How much waits for the one who reads this. Neither is counted beyond 100: 100 stands for that many or more. */
export const waiting = z.object({
  /** Requests for a yes that this user may answer, and has not said yes to. */
  approvals: z.number().int().max(100),
  /** Holds that this user can cancel. */
  holds: z.number().int().max(100),
});

export const me = user.extend({ session, notices: z.array(notice), waiting });
