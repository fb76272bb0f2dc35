import { z } from 'zod';
import { page, time } from './common.ts';

/** A signing key as listed: only its public half. */
export const key = z.object({
  kid: z.string(),
  alg: z.string(),
  state: z.enum(['pending', 'active', 'retiring', 'retired', 'compromised']),
  public_jwk: z.record(z.string(), z.unknown()),
  created_at: time,
  activated_at: time.nullable(),
  retired_at: time.nullable(),
});

export const keys = page(key);

/** A key's id: its RFC 7638 thumbprint. */
export const byKid = z.strictObject({ kid: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "must be a key's id") });

/** Which key set to rotate; RS256 is there only while a client asks for it. */
export const rotateKeys = z.strictObject({ alg: z.enum(['ES256', 'RS256']).default('ES256') });

/** `signs_at`: when the next key signs; until then verifiers learn of it. `items`: the keys that are published. */
export const rotatedKeys = z.object({ signs_at: time, items: z.array(key) });

/** `revoked`: how many live tokens it had signed, and tokens exchanged from them. `items`: the keys that are published now. */
export const compromisedKey = z.object({ revoked: z.number().int(), items: z.array(key) });
