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

/** The algorithm whose key to rotate. RS256 has keys only while a client is set to it. */
export const rotateKeys = z.strictObject({ alg: z.enum(['ES256', 'RS256']).default('ES256') });

/** `signs_at`: when the next key begins to sign; verifiers can fetch it before. `items`: the keys that are published. */
export const rotatedKeys = z.object({ signs_at: time, items: z.array(key) });

/** `revoked`: the number of live tokens that the key had signed, with tokens exchanged from them. `items`: the keys published now. */
export const compromisedKey = z.object({ revoked: z.number().int(), items: z.array(key) });
