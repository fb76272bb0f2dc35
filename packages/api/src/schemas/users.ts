import { z } from 'zod';
import { ROLES } from '../route.ts';
import { id, line, page, time } from './common.ts';
import { passkeyProof } from './passkeys.ts';

/** A role of a user. */
export const role = z.enum(ROLES);

/** An e-mail address, folded to lower case: what users sign in with. */
export const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[^\s@\p{Cc}\p{Cf}]+@[^\s@\p{Cc}\p{Cf}]+$/u, 'must be an e-mail address');

/** A new password. The verb checks its length and content, and says what is wrong with it. */
export const newPassword = z.string().max(4096);

/** A password that a person gives as a proof. */
export const password = z.string().min(1).max(4096);

/** A person's proof made for one change (model#assertion): an object whose one member is called as the kind of proof is. */
export const assertion = z.union([z.strictObject({ password }), z.strictObject({ passkey: passkeyProof })]);
export type Assertion = z.infer<typeof assertion>;
/** A kind of proof. */
export type AssertionKind = NameIn<Assertion>;
type NameIn<A> = A extends unknown ? keyof A : never;

/** A user as listed. */
export const user = z.object({
  id,
  email: z.string(),
  name: z.string(),
  role,
  status: z.enum(['invited', 'active']),
  created_at: time,
});

export const users = page(user);

export const createUser = z.strictObject({ email, name: line(100), role });

export const patchUser = z
  .strictObject({ name: line(100).optional(), role: role.optional() })
  .refine((change) => Object.keys(change).length > 0, 'must change something');

/** A link that can be used once, until `expires_at`. */
export const link = z.object({ id, link: z.string(), expires_at: time });

export const accept = z.strictObject({ token: z.string().min(1).max(200), password: newPassword });
