/**
 * The prefix of every id Writ makes. An id is a handle and may be logged; bearers have prefixes of their own
 * (`BEARER_PREFIXES`) so that scanners find them and the two are never mistaken for each other.
 */
const ID_PREFIXES = {
  organization: 'org',
  user: 'usr',
  session: 'ses',
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
  approval: 'apr',
  hold: 'hld',
  freeze: 'frz',
  request: 'req',
  broker: 'brk',
  event: 'evt',
} as const;

/** Prefixes of what must be kept secret: one-time links and set-up, sessions, client secrets. */
export const BEARER_PREFIXES = {
  setup: 'writ_su_',
  link: 'writ_ln_',
  session: 'writ_ss_',
  client_secret: 'writ_cs_',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;
export type Id<K extends IdKind> = `${(typeof ID_PREFIXES)[K]}_${string}`;

/** Gives n random bytes. Randomness is an argument everywhere (invariant 14). */
export type RandomBytes = (size: number) => Uint8Array;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Makes an id of 26 characters of Crockford base 32 behind its prefix: 48 bits of milliseconds, then 80 random bits (sorts by time). */
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

/** Tells whether a text is an id of the kind, as `makeId` writes them. */
export function isId<K extends IdKind>(kind: K, text: string): text is Id<K> {
  return new RegExp(`^${ID_PREFIXES[kind]}_[${ALPHABET}]{26}$`).test(text);
}
