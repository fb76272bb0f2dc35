/**
 * The prefixes of the ids that Writ makes. An id may be logged. Bearers have other prefixes (`BEARER_PREFIXES`), so that scanners find them
 * and nobody takes one for the other.
 */
const ID_PREFIXES = {
  organization: 'org',
  user: 'usr',
  session: 'ses',
  passkey: 'pky',
  link: 'lnk',
  connection: 'con',
  credential: 'crd',
  environment: 'env',
  client: 'cli',
  grant: 'grt',
  task: 'tsk',
  token: 'tok',
  details: 'det',
  guardrail: 'grd',
  allowance: 'alw',
  approval: 'apr',
  hold: 'hld',
  freeze: 'frz',
  notification: 'ntf',
  request: 'req',
  broker: 'brk',
  event: 'evt',
} as const;

/** The prefixes of secret values: one-time links and set-up, sessions, client secrets, deferral codes. */
export const BEARER_PREFIXES = {
  setup: 'writ_su_',
  link: 'writ_ln_',
  session: 'writ_ss_',
  client_secret: 'writ_cs_',
  deferral_code: 'writ_dc_',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;
export type Id<K extends IdKind> = `${(typeof ID_PREFIXES)[K]}_${string}`;

/** Returns `size` random bytes. Randomness is always an argument (invariant 14). */
export type RandomBytes = (size: number) => Uint8Array;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Makes an id: its prefix, and 26 characters of Crockford base 32 for 48 bits of milliseconds and 80 random bits. Ids sort by time. */
export function makeId<K extends IdKind>(
  kind: K,
  source: { readonly now: number; readonly randomBytes: RandomBytes },
): Id<K> {
  let time = Math.floor(source.now);
  let head = '';
  for (let i = 0; i < 10; i += 1) {
    head = ALPHABET.charAt(time % 32) + head;
    time = Math.floor(time / 32);
  }
  let tail = '';
  for (const byte of source.randomBytes(16)) tail += ALPHABET.charAt(byte & 31);
  return `${ID_PREFIXES[kind]}_${head}${tail}`;
}

/** Tells whether a text is an id of the kind, as `makeId` writes it. */
export function isId<K extends IdKind>(kind: K, text: string): text is Id<K> {
  return new RegExp(`^${ID_PREFIXES[kind]}_[${ALPHABET}]{26}$`).test(text);
}
