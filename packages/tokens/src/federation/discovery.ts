import { isLoopbackUrl } from '@writ/core';
import { Lru } from '../lru.ts';
import { Rejection, type RejectionReason } from '../rejection.ts';
import { parseStrictObject } from '../strict-json.ts';
import { type ForeignJwk, readForeignKeys } from './foreign-key.ts';
import type { ForeignKeys } from './verify.ts';

/** A request to an issuer. The function that sends it must guard against SSRF, so it must not be a plain `fetch` (model#workload-token). */
export interface IssuerRequest {
  readonly url: string;
  /**
   * True if loopback and private addresses may be dialled; link-local and metadata addresses never are. The dialled address itself is
   * checked.
   */
  readonly allow_private: boolean;
  readonly timeout_ms: number;
  /** The longest answer. A longer one is an error, and is not cut. */
  readonly max_bytes: number;
}

/** Sends one GET. Redirects are not followed: their status is returned. Rejects on every failure. */
export type IssuerFetch = (
  request: IssuerRequest,
) => Promise<{ readonly status: number; readonly body: Uint8Array | string }>;

/** The options for finding keys of foreign issuers. */
export interface IssuerKeysOptions {
  readonly fetch: IssuerFetch;
  /** The time in milliseconds since the epoch. */
  readonly now: () => number;
  /** Waits a number of milliseconds; by default with the process's timer. */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** The keys of foreign issuers. Called only for issuers that a saved trust policy names, which is checked before. */
export interface IssuerKeys {
  readonly find: ForeignKeys;
  /** Forgets the keys of an issuer, or of all. */
  forget(issuer?: string): void;
}

const TIMEOUT = 5000;
const MAX_BYTES = 256 * 1024;
/** How long keys are used without asking again, in milliseconds. */
const MAX_AGE = 600_000;
/** How often an issuer is asked for unknown kids: `burst` times at once, then once in `gap` milliseconds. */
const QUESTIONS = { burst: 10, gap: 2000 };
/** How long an issuer is not asked after it did not answer, in milliseconds. */
export const ISSUER_PAUSE = 5000;
const MAX_ISSUERS = 200;

interface Entry {
  readonly issuer: string;
  readonly allow_private: boolean;
  readonly jwks_hosts: readonly string[];
  keys: ReadonlyMap<string, ForeignJwk>;
  /** When the keys were read; undefined if they were never read. */
  read_at: number | undefined;
  /** The reason and time of the last failed request. */
  failure: { readonly reason: RejectionReason; readonly at: number } | undefined;
  /** The time up to which the allowed requests are used up: each request moves it by the gap. */
  spent_until: number;
  /** The request under way, and the next one, for which all kids wait that came after the first began. */
  asking: Promise<void> | undefined;
  next: Promise<void> | undefined;
}

/**
 * Makes a cache of issuers' keys by OIDC discovery. Keys are good for ten minutes. An unknown kid waits for a request that begins after the
 * kid came, and all waiting kids share that request. So made-up kids cost the issuer a bounded rate of requests, and do not prevent that a
 * new key is found. Old keys are not used while the issuer does not answer. `find` throws a `Rejection`: `issuer_unavailable` if the
 * current keys are not known, `issuer_unusable` if the issuer's documents name another issuer, or a place that may not hold its keys.
 */
export function createIssuerKeys(options: IssuerKeysOptions): IssuerKeys {
  const entries = new Lru<Entry>(MAX_ISSUERS);
  return {
    find: async (wanted) => {
      const entry = entryFor(wanted, entries);
      const known = (): ForeignJwk | undefined =>
        isFresh(entry, options.now()) ? entry.keys.get(wanted.kid) : undefined;
      const now = known();
      if (now) return now;
      await entry.asking;
      const found = known();
      if (found) return found;
      refuseFailed(entry, options.now());
      entry.next ??= ask(entry, options);
      await entry.next;
      const answered = known();
      if (answered === undefined) refuseFailed(entry, options.now());
      return answered;
    },
    forget: (issuer) => entries.deleteWhere((entry) => issuer === undefined || entry.issuer === issuer),
  };
}

/** Returns the entry of an issuer for a policy. Policies with other rights to reach addresses have separate entries for the same issuer. */
function entryFor(wanted: Parameters<ForeignKeys>[0], entries: Lru<Entry>): Entry {
  const { issuer, allow_private, jwks_hosts } = wanted;
  const id = JSON.stringify([issuer, allow_private, jwks_hosts]);
  const entry = entries.get(id) ?? {
    issuer,
    allow_private,
    jwks_hosts,
    keys: new Map<string, ForeignJwk>(),
    read_at: undefined,
    failure: undefined,
    spent_until: 0,
    asking: undefined,
    next: undefined,
  };
  entries.set(id, entry);
  return entry;
}

function isFresh({ read_at }: Entry, now: number): boolean {
  return read_at !== undefined && now - read_at < MAX_AGE;
}

function refuseFailed({ failure }: Entry, now: number): void {
  if (failure !== undefined && now - failure.at < ISSUER_PAUSE) throw new Rejection(failure.reason);
}

const timer = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks the issuer as soon as it may be asked again. A failure leaves the keys unchanged until they are too old. Never rejects. */
async function ask(entry: Entry, options: IssuerKeysOptions): Promise<void> {
  const { now, sleep = timer } = options;
  const spent = Math.max(entry.spent_until, now());
  entry.spent_until = spent + QUESTIONS.gap;
  const wait = Math.min(spent - now() - (QUESTIONS.burst - 1) * QUESTIONS.gap, QUESTIONS.gap);
  await (wait > 0 ? sleep(wait) : undefined);
  entry.next = undefined;
  entry.asking = read(entry, options)
    .then((keys) => {
      entry.keys = keys;
      entry.read_at = now();
      entry.failure = undefined;
    })
    .catch((error: unknown) => {
      const unusable = error instanceof Rejection && error.reason === 'issuer_unusable';
      entry.failure = { reason: unusable ? 'issuer_unusable' : 'issuer_unavailable', at: now() };
    })
    .finally(() => {
      entry.asking = undefined;
    });
  await entry.asking;
}

async function read(entry: Entry, options: IssuerKeysOptions): Promise<ReadonlyMap<string, ForeignJwk>> {
  const { issuer, allow_private } = entry;
  const get = async (url: string): Promise<string> => {
    if (!mayAsk(url, allow_private)) throw new Rejection('issuer_unusable');
    const answer = await getTwice(options, { url, allow_private, timeout_ms: TIMEOUT, max_bytes: MAX_BYTES });
    if (answer.status !== 200) throw new Rejection('issuer_unavailable');
    return textOf(answer.body);
  };
  const document = parseStrictObject(await get(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  const { issuer: named, jwks_uri } = document;
  if (named !== issuer || typeof jwks_uri !== 'string') throw new Rejection('issuer_unusable');
  if (!mayHoldKeys(jwks_uri, entry)) throw new Rejection('issuer_unusable');
  return readForeignKeys(await get(jwks_uri));
}

/** Sends a request, and repeats it once at once after a failure: most failures are over by then. */
async function getTwice(options: IssuerKeysOptions, request: IssuerRequest): ReturnType<IssuerFetch> {
  const answer = await options.fetch(request).catch(() => undefined);
  return answer === undefined || answer.status >= 500 ? await options.fetch(request) : answer;
}

/** Tells whether a URL may be asked: https always, http only on loopback and if the policy allows private addresses. */
function mayAsk(url: string, allowPrivate: boolean): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && allowPrivate && isLoopbackUrl(url));
}

/** Tells whether keys may come from a URL: from the issuer's own origin, a host below its own, or a known host of the system. */
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
