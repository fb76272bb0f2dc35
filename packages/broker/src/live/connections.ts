/** The connections with all facts that decide about them, kept in memory until the change feed reports a change. */
import { type Authorized, type Environment, guardedKind, SHARED, WritError } from '@writ/core';
import { createAsk, type Dispatch, type UpstreamAddress } from '@writ/gateway';
import type { Provider, Selectors, Upstream } from '@writ/providers';
import {
  type Connection,
  type Credential,
  type EnvironmentRow,
  type EpochVector,
  findConnection,
  findFreeze,
  listAdmissions,
  listCredentials,
  listEffectOverrides,
  listEnvironments,
  readEpochs,
} from '@writ/store';
import type { BaseServices } from '../context.ts';
import type { ConnectionState, Connections, CredentialBox } from '../live.ts';
import { missing } from '../missing.ts';
import { authorizeRead } from '../record/authorize.ts';
import { flagCredential, noteAccepted } from '../record/flag.ts';
import { overridesOf, type Reviewed, rememberReviewed } from './admissions.ts';
import { broadest, createCredentialBox } from './credential-box.ts';
import { type Loaded, Loads, type LoadsOptions } from './loads.ts';

interface Options {
  readonly dispatch: Dispatch;
  readonly confirmed: LoadsOptions['confirmed'];
}

/** The parts that an upstream was made from. Another credential or base URL makes a new upstream, with an empty inventory. */
interface LiveUpstream {
  readonly key: string;
  readonly upstream: Upstream;
  readonly box: CredentialBox;
}

const MOST = 1_000;

/** The epoch for slugs that no connection has: a change of any connection ends what is remembered of them. */
const NOBODY: EpochVector = [{ scope: 'connection', subject: 'nobody', epoch: 0 }];

/** How long it is remembered that no connection has a slug, in milliseconds. The change feed ends that sooner when one gets it. */
const UNKNOWN_MS = 30_000;

/** Makes the registry. */
export function createConnections(services: BaseServices, options: Options): Connections {
  const { now } = services;
  const known = new Loads<ConnectionState | undefined>({ most: MOST, now, confirmed: options.confirmed });
  const connected = new Map<string, LiveUpstream>();
  const reviewed = rememberReviewed(services);
  const { note, noted } = rememberProviders(services);
  const load = (slug: string) => async (): Promise<Loaded<ConnectionState | undefined>> => {
    const state = await loadState(services, { slug, dispatch: options.dispatch, connected, reviewed });
    if (state === undefined) {
      connected.delete(noted(slug)?.id ?? '');
      return { epochs: NOBODY, value: undefined, until: now() + UNKNOWN_MS };
    }
    note([state.row]);
    return { epochs: [{ scope: 'connection', subject: state.id, epoch: state.epoch }], value: state };
  };
  const forget: Connections['forget'] = ({ kind, subject }) => {
    if (kind !== 'connection') return;
    known.forget({ kind, subject });
    // The slug of any connection may be one of those that nobody had.
    for (const epoch of NOBODY) known.forget({ kind, subject: epoch.subject });
  };
  return {
    get: (slug) => known.get(slug, load(slug)),
    note,
    providerOf: (slug) => noted(slug)?.provider,
    require: async (slug) => {
      const state = await known.reload(slug, load(slug));
      if (state === undefined) throw missing('connection', slug);
      return state;
    },
    probe: ({ row, provider, allow_private }, credential) => {
      const loading = { slug: row.slug, dispatch: options.dispatch, connected: new Map(), reviewed };
      // Whether the credential is accepted is for the caller to record.
      const facts = { row, provider, allow_private, credentials: [credential], credential: async () => undefined };
      return connect(services, { ...loading, ...facts }).upstream;
    },
    forget,
    clear: () => known.clear(),
  };
}

/** Remembers which provider a connection has that was once seen, by slug. */
function rememberProviders({ providers }: BaseServices) {
  const known = new Map<string, { readonly id: string; readonly provider: Provider }>();
  const note: Connections['note'] = (rows) => {
    for (const { id, slug, provider: name } of rows) {
      const provider = providers.get(name);
      if (known.size >= MOST) known.clear();
      if (provider !== undefined) known.set(slug, { id, provider });
    }
  };
  return { note, noted: (slug: string) => known.get(slug) };
}

interface StateRequest {
  readonly reviewed: Reviewed;
  readonly slug: string;
  readonly dispatch: Dispatch;
  readonly connected: Map<string, LiveUpstream>;
}

async function loadState(services: BaseServices, loading: StateRequest): Promise<ConnectionState | undefined> {
  const { store, organization_id } = services;
  const found = await findConnection(store.db, { organization_id, slug: loading.slug });
  if (found === undefined) return undefined;
  const [epoch] = await readEpochs(store.db, { organization_id, keys: [{ scope: 'connection', subject: found.id }] });
  const of = { organization_id, connection_id: found.id };
  const [row, freeze, environment_rows, override_rows, admission_rows, credentials] = await Promise.all([
    findConnection(store.db, { organization_id, slug: loading.slug }),
    findFreeze(store.db, { organization_id, subjects: [{ scope: 'connection', subject: found.id }] }),
    listEnvironments(store.db, of),
    listEffectOverrides(store.db, of),
    listAdmissions(store.db, of),
    listCredentials(store.db, of),
  ]);
  if (row === undefined) return undefined;
  const provider = services.providers.get(row.provider);
  if (provider === undefined) {
    throw new WritError('unavailable', { detail: `This version of Writ does not know the provider ${row.provider}.` });
  }
  const credential = noteAccepted(services, { connection_id: row.id, credential_id: broadest(credentials)?.id });
  const facts = { row, credentials, provider, allow_private: mayBePrivate(services, row.origin), credential };
  const { upstream, box } = connect(services, { ...loading, ...facts });
  const reviewed = loading.reviewed(provider, { id: row.id, admission_rows });
  return {
    id: row.id,
    slug: row.slug,
    environments: environment_rows.map((each) => environmentOf(each, provider.selectors)),
    provider: reviewed,
    base_url: row.base_url,
    origin: row.origin,
    others: othersOf(services, row.origin, provider),
    overrides: overridesOf(provider, { overrides: override_rows, admitted: admission_rows }),
    upstream,
    allow_private: facts.allow_private,
    row,
    environment_rows,
    override_rows,
    admission_rows,
    credentials,
    freeze,
    epoch: epoch?.epoch ?? 0,
    box,
  };
}

interface Facts extends StateRequest {
  readonly row: Connection;
  readonly credentials: readonly Credential[];
  readonly provider: Provider;
  readonly allow_private: boolean;
  /** Called with whether the provider accepts the root credential of Writ's own questions. */
  readonly credential: (accepted: boolean) => Promise<void>;
}

/** Keeps the same upstream while it is made from the same parts: its inventory is worth keeping. */
function connect(services: BaseServices, facts: Facts): LiveUpstream {
  const { row, credentials, provider, connected } = facts;
  const key = JSON.stringify([
    row.base_url,
    facts.allow_private,
    row.settings,
    credentials.map(({ id, version }) => [id, version]),
  ]);
  const before = connected.get(row.id);
  if (before?.key === key) return before;
  const box = createCredentialBox(services, { row, credentials, provider });
  const ask = createAsk({
    dispatch: facts.dispatch,
    connection: { ...row, allow_private: facts.allow_private, others: othersOf(services, row.origin, provider) },
    provider,
    authorize: (classified, reveals) => authorizeRead(services, { connection: row, classified, reveals }),
    credential: (authorized) => box.open(authorized),
    echoed: (authorized) => noteEcho(services, row.slug, authorized),
  });
  const made = { key, box, upstream: provider.connect({ ask, now: services.now, credential: facts.credential }) };
  connected.set(row.id, made);
  return made;
}

async function noteEcho(services: BaseServices, connection: string, { value }: Authorized): Promise<void> {
  services.log.error('upstream.credential_echoed', new Error('a root credential was echoed'), { connection });
  await flagCredential(services, value);
}

const NO_OTHERS: ReadonlyMap<string, UpstreamAddress> = new Map();

/** The provider's other places (invariant 9): named by its own code, and only for a connection to the provider itself. */
export function othersOf(
  services: Pick<BaseServices, 'config'>,
  origin: string,
  { defaultBaseUrl, otherBaseUrls }: Pick<Provider, 'defaultBaseUrl' | 'otherBaseUrls'>,
): ReadonlyMap<string, UpstreamAddress> {
  if (otherBaseUrls === undefined || origin !== new URL(defaultBaseUrl).origin) return NO_OTHERS;
  const others = Object.entries(otherBaseUrls).map(([name, base_url]) => {
    const { origin: own } = new URL(base_url);
    return [name, { base_url, origin: own, allow_private: mayBePrivate(services, own) }] as const;
  });
  return new Map(others);
}

/** Tells whether a connection may be on a private address (model#private-upstream). */
export function mayBePrivate({ config }: Pick<BaseServices, 'config'>, origin: string): boolean {
  const { hostname, port, protocol } = new URL(origin);
  const listed = `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
  return config.publicUrlIsLoopback || config.privateUpstreams.includes(listed);
}

/** An environment with the facts that decide. */
export function environmentOf(row: EnvironmentRow, selectors: Pick<Selectors, 'isEphemeral'>): Environment {
  const ephemeral = selectors.isEphemeral(row.selector);
  return {
    id: row.id,
    slug: row.slug,
    kind: guardedKind({ protected: row.protected, ephemeral }),
    selector: row.selector,
  };
}

/** Every environment a grant may name, `shared` included. */
export function namedEnvironments(
  state: Pick<ConnectionState, 'environments'>,
): { readonly slug: string; readonly kind: Environment['kind'] }[] {
  return [{ slug: SHARED, kind: 'protected' }, ...state.environments.map(({ slug, kind }) => ({ slug, kind }))];
}
