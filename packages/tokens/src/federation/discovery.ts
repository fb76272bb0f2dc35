import { Lru } from '../lru.ts';
import { Rejection } from '../rejection.ts';
import { parseStrictObject } from '../strict-json.ts';
import { type ForeignJwk, readForeignKeys } from './foreign-key.ts';
import { isLoopbackUrl } from './loopback.ts';
import type { ForeignKeys } from './verify.ts';

/** What is asked of the network. Whoever answers holds to it (standards 3.1): an SSRF guard, not a `fetch`. */
export interface IssuerRequest {
  readonly url: string;
  /** Whether loopback and private addresses may be dialled; link-local and metadata addresses never. The dialled address is the one checked. */
  readonly allow_private: boolean;
  readonly timeout_ms: number;
  /** An answer that is longer is an error, not cut. */
  readonly max_bytes: number;
}

/** Sends one GET. Redirects are not followed: their status comes back. Rejects on every failure. */
export type IssuerFetch = (
  request: IssuerRequest,
) => Promise<{ readonly status: number; readonly body: Uint8Array | string }>;

/** What the keys of foreign issuers are found with. */
export interface IssuerKeysOptions {
  readonly fetch: IssuerFetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The keys of foreign issuers. Only ever asked for issuers that a saved trust policy names: the allowlist comes first. */
export interface IssuerKeys {
  readonly find: ForeignKeys;
  /** Forgets an issuer's keys, or everything. */
  forget(issuer?: string): void;
}

const TIMEOUT = 5000;
const MAX_BYTES = 256 * 1024;
/** How long keys are good without asking again, and how soon an issuer is asked again, in milliseconds. */
const MAX_AGE = 600_000;
const COOLDOWN = 30_000;
const MAX_ISSUERS = 200;

interface Entry {
  readonly issuer: string;
  readonly allow_private: boolean;
  readonly jwks_hosts: readonly string[];
  keys: ReadonlyMap<string, ForeignJwk>;
  /** When the keys were read; undefined while they never were. */
  read_at: number | undefined;
  asked_at: number | undefined;
  asking: Promise<void> | undefined;
}

/**
 * Makes a cache of issuers' keys by OIDC discovery. Keys are good for ten minutes; an unknown kid, or a failure, has an issuer asked
 * again at most once in 30 seconds, however many ask, and one question at a time. Old keys are not used when the issuer is silent.
 */
export function createIssuerKeys(options: IssuerKeysOptions): IssuerKeys {
  const entries = new Lru<Entry>(MAX_ISSUERS);
  return {
    find: async (wanted) => {
      const entry = entryFor(wanted, entries);
      const known = isFresh(entry, options.now()) ? entry.keys.get(wanted.kid) : undefined;
      if (known) return known;
      await ask(entry, options);
      if (!isFresh(entry, options.now())) throw new Rejection('issuer_unavailable');
      return entry.keys.get(wanted.kid);
    },
    forget: (issuer) => entries.deleteWhere((entry) => issuer === undefined || entry.issuer === issuer),
  };
}

/** An issuer that policies see differently is two: what one may reach the other may not. */
function entryFor(wanted: Parameters<ForeignKeys>[0], entries: Lru<Entry>): Entry {
  const { issuer, allow_private, jwks_hosts } = wanted;
  const id = JSON.stringify([issuer, allow_private, jwks_hosts]);
  const fresh = { issuer, allow_private, jwks_hosts, keys: new Map<string, ForeignJwk>() };
  const entry = entries.get(id) ?? { ...fresh, read_at: undefined, asked_at: undefined, asking: undefined };
  entries.set(id, entry);
  return entry;
}

function isFresh({ read_at }: Entry, now: number): boolean {
  return read_at !== undefined && now - read_at < MAX_AGE;
}

/** Asks the issuer, unless it was asked just now. A failure leaves the keys as they are: they age by themselves. */
async function ask(entry: Entry, options: IssuerKeysOptions): Promise<void> {
  const { now } = options;
  if (entry.asking) return await entry.asking;
  if (entry.asked_at !== undefined && now() - entry.asked_at < COOLDOWN) return;
  entry.asked_at = now();
  entry.asking = read(entry, options)
    .then((keys) => {
      entry.keys = keys;
      entry.read_at = now();
    })
    .catch(() => undefined)
    .finally(() => {
      entry.asking = undefined;
    });
  await entry.asking;
}

async function read(entry: Entry, options: IssuerKeysOptions): Promise<ReadonlyMap<string, ForeignJwk>> {
  const { issuer, allow_private } = entry;
  const get = async (url: string): Promise<string> => {
    if (!mayAsk(url, allow_private)) throw new Rejection('issuer_unavailable');
    const answer = await options.fetch({ url, allow_private, timeout_ms: TIMEOUT, max_bytes: MAX_BYTES });
    if (answer.status !== 200) throw new Rejection('issuer_unavailable');
    return textOf(answer.body);
  };
  const document = parseStrictObject(await get(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  const { issuer: named, jwks_uri } = document;
  if (named !== issuer || typeof jwks_uri !== 'string') throw new Rejection('issuer_unavailable');
  if (!mayHoldKeys(jwks_uri, entry)) throw new Rejection('issuer_unavailable');
  return readForeignKeys(await get(jwks_uri));
}

/** Https; http on loopback, where the policy allows that. */
function mayAsk(url: string, allowPrivate: boolean): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && allowPrivate && isLoopbackUrl(url));
}

/** The issuer's own origin, a host below its own, or one that is known to be the system's: keys come from nowhere else. */
function mayHoldKeys(url: string, { issuer, jwks_hosts }: Entry): boolean {
  if (!URL.canParse(url)) return false;
  const [keys, own] = [new URL(url), new URL(issuer)];
  if (keys.origin === own.origin) return true;
  const isNear = keys.hostname.endsWith(`.${own.hostname}`) || jwks_hosts.includes(keys.hostname);
  return keys.protocol === 'https:' && keys.port === '' && isNear;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function textOf(body: Uint8Array | string): string {
  if (body.length > MAX_BYTES) throw new Rejection('issuer_unavailable');
  return typeof body === 'string' ? body : utf8.decode(body);
}
