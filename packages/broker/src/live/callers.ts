/** Who is behind an access token, as everything stands now; remembered until the change feed says that it changed. */
import { WritError } from '@writ/core';
import { type EpochKey, type EpochVector, getClient, getTask, getToken, liveGrants, readEpochs } from '@writ/store';
import type { VerifiedAccessToken } from '@writ/tokens';
import type { BaseServices } from '../context.ts';
import { bindsTokens } from '../dpop/bound.ts';
import type { Callers, TokenFacts } from '../live.ts';
import { freezeOn, frozenBy } from './frozen.ts';
import { demandLineage, lineageEpochs, readLineage } from './lineage.ts';
import { ancestorLinks, grantsLink, tokenLink } from './links.ts';
import { type Loaded, Loads, type LoadsOptions, loading } from './loads.ts';
import { createRules, type Rules } from './rules.ts';

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

interface FactsRequest {
  readonly token: VerifiedAccessToken;
  readonly connection_id?: string;
  readonly rules: Rules;
}

async function loadFacts(services: BaseServices, loaded: FactsRequest): Promise<Loaded<TokenFacts>> {
  const { store, organization_id, now } = services;
  const keys = lineageEpochs(await readLineage(store.db, { organization_id, token: loaded.token }));
  const epochs = await readEpochs(store.db, { organization_id, keys: [...epochKeys(services, loaded), ...keys] });
  return await loading({ epochs, now }, () => readFacts(services, { ...loaded, epochs }));
}

async function readFacts(
  services: BaseServices,
  loading: FactsRequest & { readonly epochs: EpochVector },
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

function readRows({ store, organization_id, now }: BaseServices, loading: FactsRequest & { readonly root_id: string }) {
  const { client_id, task_id, jti } = loading.token.claims;
  return Promise.all([
    getToken(store.db, { organization_id, jti }),
    getTask(store.db, { organization_id, id: task_id }),
    getClient(store.db, { organization_id, client_id }),
    liveGrants(store.db, { organization_id, client_id: loading.root_id, now: now() }),
    loading.rules(),
  ]);
}

function epochKeys({ organization_id }: BaseServices, { token, connection_id }: FactsRequest): EpochKey[] {
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
