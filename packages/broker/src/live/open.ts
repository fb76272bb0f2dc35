/** Everything that a broker keeps in memory, and how it learns what to forget. */
import { makeId } from '@writ/core';
import { ClientBudgets, createRateLimit, DEFAULT_LIMITS, type Dispatch } from '@writ/gateway';
import { auditHead, type ChangeFeed, listConnections, watchChanges } from '@writ/store';
import { createAccessTokenVerifier, createIssuerKeys } from '@writ/tokens';
import { createRefusalCounter } from '../audit/refusals.ts';
import type { BaseServices } from '../context.ts';
import { createEventFeed } from '../events/feed.ts';
import type { Live } from '../live.ts';
import { createCallers } from './callers.ts';
import { createClientMemory } from './client-facts.ts';
import { createConnections } from './connections.ts';
import { createIssuerFetch } from './issuer-fetch.ts';
import { openKeyRing } from './key-ring.ts';
import { withLateKeys } from './late-keys.ts';
import { createPost } from './post.ts';
import { createUnderway } from './underway.ts';

/** The options of the memory. */
export interface LiveOptions {
  /** The dialler's function that sends requests to providers. */
  readonly dispatch: Dispatch;
  /** Token requests a second, per client and per address, and how many may come at once. Default 20 and 100 (model#rates). */
  readonly tokenRate?: { readonly per_second: number; readonly burst: number };
}

const FRESH_MS = 1_000;

/** How many bytes of the heap verified access tokens may take. */
const VERIFIED = 32 * 1024 * 1024;

/** Opens everything that lives as long as the process: keys, caches, and the change feed that keeps them up to date. */
export async function openLive(services: BaseServices, options: LiveOptions): Promise<Live> {
  const { store, organization_id, now } = services;
  const { per_second, burst, tasks } = DEFAULT_LIMITS;
  const keys = await openKeyRing(services);
  const issuer = services.config.publicUrl;
  const known = createAccessTokenVerifier({ issuer, keys: (kid) => keys.find(kid), now, cacheBytes: VERIFIED });
  const verifier = withLateKeys(known, { keys, now });
  const following: { feed?: ChangeFeed } = {};
  const isFresh = (): boolean => now() - (following.feed?.confirmedAt() ?? 0) < FRESH_MS;
  // Requests that find the feed late all wait for it together: reading everything anew instead would keep it late.
  const confirmed = (): Promise<void> | undefined =>
    isFresh() ? undefined : following.feed?.confirm(now() - FRESH_MS);
  const connections = createConnections(services, { dispatch: options.dispatch, confirmed });
  const clients = createClientMemory(services, { confirmed });
  const callers = createCallers(services, { confirmed, clients });
  const { applyChange, forgetAll, onChange } = forgetter({ keys, verifier, connections, callers, clients });
  const refusals = createRefusalCounter(services);
  const broker_id = makeId('broker', { now: now(), randomBytes: services.randomBytes });
  const underway = createUnderway(broker_id, (await auditHead(store.db, { organization_id })).seq);
  const feed = await watchChanges(store, {
    organization_id,
    onChange: ({ kind, subject }) => applyChange(kind, subject),
    onGap: forgetAll,
    onError: (error) => services.log.error('changes.unconfirmed', error),
  });
  following.feed = feed;
  const events = createEventFeed(services);
  onChange(() => events.wake());
  connections.note((await listConnections(store.db, { organization_id, limit: 1_000 })).items);

  return {
    events,
    post: createPost(options.dispatch, services),
    keys,
    verifier,
    issuers: createIssuerKeys({ fetch: createIssuerFetch(options.dispatch, services.config), now }),
    connections,
    callers,
    clients,
    underway,
    refusals,
    budgets: new ClientBudgets(DEFAULT_LIMITS, now),
    tokenRate: createRateLimit({ per_second: 20, burst: 100, ...options.tokenRate, keys: 50_000, now }),
    // The gateway's own rate: explaining a request costs what judging it costs, with questions to the provider.
    holderRate: createRateLimit({ per_second, burst, keys: tasks, now }),
    isFresh,
    forget: (keys) => {
      for (const { scope, subject } of keys) applyChange(scope, subject);
    },
    onChange,
    close: async () => {
      await feed.stop();
      await refusals.close();
    },
  };
}

/** The caches whose facts a change makes outdated. */
type Caches = Pick<Live, 'keys' | 'verifier' | 'connections' | 'callers' | 'clients'>;

/** Makes the receiver of changes: the caches forget first, then the listeners are called. */
function forgetter({ keys, verifier, connections, callers, clients }: Caches) {
  const listeners = new Set<Parameters<Live['onChange']>[0]>();
  return {
    applyChange: (kind: string, subject: string): void => {
      for (const cache of [connections, callers, clients]) cache.forget({ kind, subject });
      if (kind === 'key') verifier.forgetKid(subject);
      if (kind === 'key' || kind === 'organization') keys.forget();
      for (const listener of listeners) listener({ kind, subject });
    },
    forgetAll: (): void => {
      for (const cache of [connections, callers, clients, verifier]) cache.clear();
      keys.forget();
      for (const listener of listeners) listener(undefined);
    },
    onChange: (listener: Parameters<Live['onChange']>[0]): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
