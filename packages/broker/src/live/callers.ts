/** Who is behind an access token, as everything stands now; remembered until the change feed says that it changed. */
import { type ChainLink, type Detail, type Guardrail, SHIPPED_GUARDRAILS, WritError } from '@writ/core';
import {
  type Client,
  type EpochKey,
  type EpochVector,
  type Grant,
  getClient,
  getTask,
  getToken,
  listGuardrails,
  liveGrants,
  readEpochs,
  type Task,
} from '@writ/store';
import type { VerifiedAccessToken } from '@writ/tokens';
import type { BaseServices } from '../context.ts';
import { bindsTokens } from '../dpop/bound.ts';
import { freezeOn, frozenBy } from './frozen.ts';
import { ancestorLinks, demandLineage, lineageEpochs, readLineage } from './lineage.ts';
import { type Loaded, Loads, type LoadsOptions, loading } from './loads.ts';

/** The holder of a valid access token, and what decides about it. */
export interface TokenFacts {
  readonly client_id: string;
  readonly client: Client;
  readonly task: Task;
  readonly task_id: string;
  readonly jti: string;
  readonly kid: string;
  readonly aud: string;
  /** Outermost first; the caller's own client id is not in it. */
  readonly act_chain: readonly string[];
  /** What bounds it besides its details: the grants of the client it all began with, none where they do not survive delegation. */
  readonly grants: readonly Grant[];
  /** Whether it may be exchanged: no client it came through says that its grants do not survive that. */
  readonly delegable: boolean;
  /** Milliseconds. */
  readonly expires_at: number;
  readonly authorization_details: readonly Detail[];
  readonly chain: readonly ChainLink[];
  readonly guardrails: readonly Guardrail[];
  /** Read before everything above: what the record of a decision is conditional on. */
  readonly epochs: EpochVector;
}

/** Loads token facts. */
export interface Callers {
  /**
   * The facts of a verified token, for one connection or for none. Throws `WritError`: `invalid_token`, `task_ended`, `frozen`,
   * `unavailable`.
   */
  facts(token: VerifiedAccessToken, at: { readonly connection_id?: string }): Promise<TokenFacts>;
  /** The same, read now; what is remembered is passed over. */
  reload(token: VerifiedAccessToken, at: { readonly connection_id?: string }): Promise<TokenFacts>;
  forget(change: { readonly kind: string; readonly subject: string }): void;
  clear(): void;
}

const MOST = 20_000;

/** Makes the memory of callers. */
export function createCallers(services: BaseServices, options: Pick<LoadsOptions, 'confirmed'>): Callers {
  const loads = new Loads<TokenFacts>({ most: MOST, now: services.now, ...options });
  const rules = createRules(services);
  return {
    facts: (token, at) => loads.get(keyOf(token, at), () => loadFacts(services, { token, ...at, rules })),
    reload: (token, at) => loads.reload(keyOf(token, at), () => loadFacts(services, { token, ...at, rules })),
    forget: (change) => {
      if (change.kind === 'organization') loads.clear();
      else loads.forget(change);
    },
    clear: () => loads.clear(),
  };
}

function keyOf({ claims }: VerifiedAccessToken, { connection_id = '' }: { readonly connection_id?: string }): string {
  return `${claims.jti}/${connection_id}`;
}

/** Tells whether the facts rely on what changed. */
export function reliesOn(
  facts: Pick<TokenFacts, 'epochs'>,
  change: { readonly kind: string; readonly subject: string },
): boolean {
  return facts.epochs.some(({ scope, subject }) => scope === change.kind && subject === change.subject);
}

type Rules = () => Promise<readonly Guardrail[]>;

/** The guardrails in force; the same array while they are the same, since `decide` compiles each array once. */
export function createRules({ store, organization_id }: Pick<BaseServices, 'store' | 'organization_id'>): Rules {
  let text = '';
  let rules: readonly Guardrail[] = SHIPPED_GUARDRAILS;
  return async () => {
    const added = (await listGuardrails(store.db, { organization_id })).map(({ rule }) => rule);
    const now = JSON.stringify(added);
    if (now !== text) {
      text = now;
      rules = [...SHIPPED_GUARDRAILS, ...added];
    }
    return rules;
  };
}

interface Loading {
  readonly token: VerifiedAccessToken;
  readonly connection_id?: string;
  readonly rules: Rules;
}

async function loadFacts(services: BaseServices, loaded: Loading): Promise<Loaded<TokenFacts>> {
  const { store, organization_id, now } = services;
  const keys = lineageEpochs(await readLineage(store.db, { organization_id, token: loaded.token }));
  const epochs = await readEpochs(store.db, { organization_id, keys: [...epochKeys(services, loaded), ...keys] });
  return await loading({ epochs, now }, () => readFacts(services, { ...loaded, epochs }));
}

async function readFacts(
  services: BaseServices,
  loading: Loading & { readonly epochs: EpochVector },
): Promise<TokenFacts> {
  const { store, organization_id, now } = services;
  const { epochs } = loading;
  const { claims, kid } = loading.token;
  const { client_id, task_id, jti } = claims;
  // A key's epoch moves once: when it is compromised.
  if (epochs.some(({ scope, epoch }) => scope === 'key' && epoch > 0)) throw new WritError('invalid_token');
  const lineage = await readLineage(store.db, { organization_id, token: loading.token });
  const root_id = lineage.at(-1)?.client_id ?? client_id;
  const [token, task, client, rootGrants, guardrails] = await readRows(services, { ...loading, root_id });
  if (token?.client_id !== client_id || token.task_id !== task_id) throw new WritError('invalid_token');
  if (client === undefined || client.disabled_at !== null) throw new WritError('invalid_token');
  const holder = { client_id, task_id, jti, kind: client.kind };
  // Before the token's own end: a task that ends revokes its tokens, and `task_ended` says what to do about it.
  if (task === undefined || task.ended_at !== null || task.ends_at <= now()) {
    throw new WritError('task_ended', { holder });
  }
  if (token.revoked_at !== null || (token.parent_jti === null) !== (lineage.length === 0))
    throw new WritError('invalid_token');
  const forebears = await demandLineage(store.db, { organization_id, lineage, now: now() });
  const grants = forebears.delegable ? rootGrants : [];
  // What is demanded of a client is demanded of the tokens it has, too.
  if (bindsTokens(client.auth) && claims.cnf === undefined) throw new WritError('invalid_token');
  const act_chain = token.act_chain;
  const { connection_id } = loading;
  const freeze = await freezeOn(services, { connection_id, client_ids: [client_id, ...act_chain], task_id });
  if (freeze !== undefined) throw frozenBy(freeze, holder);
  const authorization_details = claims.authorization_details ?? token.details ?? [];
  return {
    client_id,
    client,
    task,
    task_id,
    jti,
    kid,
    aud: claims.aud,
    act_chain,
    expires_at: Math.min(claims.exp * 1000, token.expires_at),
    authorization_details,
    grants,
    delegable: forebears.delegable && client.settings.delegable !== false,
    chain: [tokenLink(jti, authorization_details), grantsLink(root_id, grants), ...ancestorLinks(lineage)],
    guardrails,
    epochs,
  };
}

function readRows({ store, organization_id, now }: BaseServices, loading: Loading & { readonly root_id: string }) {
  const { client_id, task_id, jti } = loading.token.claims;
  return Promise.all([
    getToken(store.db, { organization_id, jti }),
    getTask(store.db, { organization_id, id: task_id }),
    getClient(store.db, { organization_id, client_id }),
    liveGrants(store.db, { organization_id, client_id: loading.root_id, now: now() }),
    loading.rules(),
  ]);
}

function epochKeys({ organization_id }: BaseServices, { token, connection_id }: Loading): EpochKey[] {
  const { client_id, task_id, jti } = token.claims;
  return [
    { scope: 'organization', subject: organization_id },
    { scope: 'client', subject: client_id },
    { scope: 'task', subject: task_id },
    { scope: 'key', subject: token.kid },
    { scope: 'token', subject: jti },
    ...(connection_id === undefined ? [] : [{ scope: 'connection' as const, subject: connection_id }]),
  ];
}

/** The link of a token's own details. */
export function tokenLink(jti: string, details: readonly Detail[]): ChainLink {
  return { link: 'token', subject: jti, allowances: details.map((scope) => ({ scope })) };
}

/** The link of a client's grants. */
export function grantsLink(client_id: string, grants: readonly Grant[]): ChainLink {
  const allowances = grants.map(({ id, scope, expires_at }) => ({
    scope,
    grant_id: id,
    ...(expires_at === null ? {} : { expires_at }),
  }));
  return { link: 'grants', subject: client_id, allowances };
}
