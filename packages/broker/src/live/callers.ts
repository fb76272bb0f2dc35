/** The facts about the holder of an access token, remembered until the change feed reports a change of them. */
import { WritError } from '@writ/core';
import { type EpochKey, type Freeze, readTokenStanding, type Token, type TokenStanding } from '@writ/store';
import type { VerifiedAccessToken } from '@writ/tokens';
import type { BaseServices } from '../context.ts';
import { bindsTokens } from '../dpop/bound.ts';
import { freezable, freezeOn, frozenBy } from '../freeze/frozen.ts';
import type { Callers, ClientMemory, StandingGrant, TokenFacts } from '../live.ts';
import type { SharedPart } from './fact-memory.ts';
import { demandLineage, lineageEpochs, readLineage } from './lineage.ts';
import {
  ancestorLinks,
  askedLinks,
  countingGrants,
  grantsLink,
  linkWithTask,
  SharedDetails,
  taskGrantsAsGrants,
} from './links.ts';
import { type Loaded, Loads, type LoadsOptions, loading } from './loads.ts';

/** How many bytes of the heap the facts of tokens may take; parts that they share count once. */
const MOST = 48 * 1024 * 1024;

/** Makes the memory of callers. */
export function createCallers(
  services: BaseServices,
  { clients, ...options }: Pick<LoadsOptions, 'confirmed'> & { readonly clients: ClientMemory },
): Callers {
  const { now } = services;
  const shared = new SharedDetails();
  const loads = new Loads<Known>({ most: MOST, weigh: () => TOKEN, partsOf: ({ parts }) => parts, now, ...options });
  const load = (token: VerifiedAccessToken, at: At) => () => loadFacts(services, { token, ...at, clients, shared });
  return {
    facts: async (token, at) => (await loads.get(keyOf(token, at), load(token, at))).facts,
    reload: async (token, at) => (await loads.reload(keyOf(token, at), load(token, at))).facts,
    // Never remembered: under the same key a request must not find facts of which the time is over.
    asOf: async (token, at) => {
      const loaded = await loadFacts(services, { token, ...at, clients, shared });
      if ('error' in loaded) throw loaded.error;
      return loaded.value.facts;
    },
    forget: (change) => {
      if (change.kind === 'organization') loads.clear();
      else loads.forget(change);
    },
    clear: () => loads.clear(),
  };
}

/** About how much of the heap a token's own facts take, bytes. */
const TOKEN = 1_600;

/** The facts of a token, and the parts that it shares with others: details, and clients with all of their grants. */
interface Known {
  readonly facts: TokenFacts;
  readonly parts: readonly SharedPart[];
}

interface At {
  readonly connection_id?: string;
}

function keyOf({ claims }: VerifiedAccessToken, { connection_id = '' }: At): string {
  return `${claims.jti}/${connection_id}`;
}

/** Tells whether the facts rely on what changed. */
export function reliesOn(
  facts: Pick<TokenFacts, 'epochs'>,
  change: { readonly kind: string; readonly subject: string },
): boolean {
  return facts.epochs.some(({ scope, subject }) => scope === change.kind && subject === change.subject);
}

interface FactsRequest extends At {
  /** The moment as of which the token and what it rests on must not have expired, milliseconds; now if absent. */
  readonly as_of?: number;
  readonly token: VerifiedAccessToken;
  readonly clients: ClientMemory;
  readonly shared: SharedDetails;
}

async function loadFacts(services: BaseServices, loaded: FactsRequest): Promise<Loaded<Known>> {
  const { store, organization_id, now } = services;
  const { client_id, task_id, jti } = loaded.token.claims;
  const keys = lineageEpochs(await readLineage(store.db, { organization_id, token: loaded.token }));
  const standing = await readTokenStanding(store.db, {
    organization_id,
    jti,
    task_id,
    keys: [...epochKeys(services, loaded), ...keys],
    subjects: freezable(services, { connection_id: loaded.connection_id, client_ids: [client_id], task_id }),
  });
  return await loading({ epochs: standing.epochs, now }, () => readFacts(services, { ...loaded, standing }));
}

async function readFacts(
  services: BaseServices,
  loading: FactsRequest & { readonly standing: TokenStanding },
): Promise<Known> {
  const { store, organization_id, now } = services;
  const { token, task, is_frozen, task_grants, epochs } = loading.standing;
  const as_of = loading.as_of ?? now();
  const { claims, kid } = loading.token;
  const { client_id, task_id, jti } = claims;
  // A key's epoch moves once: when it is compromised.
  if (epochs.some(({ scope, epoch }) => scope === 'key' && epoch > 0)) throw new WritError('invalid_token');
  // Read again after the epochs: a subject that was good before they were read may have been stopped since.
  const lineage = await readLineage(store.db, { organization_id, token: loading.token });
  const root_id = lineage.at(-1)?.client_id ?? client_id;
  const [own, root, guardrails] = await Promise.all([
    loading.clients.standing(client_id, epochs),
    loading.clients.standing(root_id, epochs),
    loading.clients.guardrails(epochs),
  ]);
  const { client } = own;
  if (token?.client_id !== client_id || token.task_id !== task_id) throw new WritError('invalid_token');
  if (client === undefined || client.disabled_at !== null) throw new WritError('invalid_token');
  const holder = { client_id, task_id, jti, kind: client.kind };
  // Checked before the token's own end: a task that ends revokes its tokens, and `task_ended` tells what to do about it.
  if (task === undefined || task.ended_at !== null || task.ends_at <= as_of) {
    throw new WritError('task_ended', { holder });
  }
  if (token.revoked_at !== null || (token.parent_jti === null) !== (lineage.length === 0))
    throw new WritError('invalid_token');
  const { delegable } = await demandLineage(store.db, { organization_id, lineage, now: as_of });
  // A rule that now holds for the client also holds for tokens it already has.
  if (bindsTokens(client.auth) && claims.cnf === undefined) throw new WritError('invalid_token');
  const { connection_id } = loading;
  const freeze = await freezeOf(services, { row: token, is_frozen, connection_id });
  if (freeze !== undefined) throw frozenBy(freeze, holder);
  const { shared } = loading;
  const kept = shared.keep(claims.authorization_details ?? token.details ?? []);
  const ancestors = ancestorLinks(lineage, shared);
  const jkt = (lineage.at(-1)?.cnf ?? claims.cnf)?.['jkt'];
  const given = delegable
    ? countingGrants(task_grants, { client_id: root_id, jkt: typeof jkt === 'string' ? jkt : undefined, as_of })
    : [];
  const own_link = delegable ? root.link : grantsLink(root_id, []);
  // Of a request that waited, what was given with its token counts as of when it came, as the token does.
  const expires = loading.as_of === undefined;
  const link = given.length === 0 ? own_link : linkWithTask(own_link, { grants: given, expires });
  const asked = askedLinks(task_grants, [jti, ...lineage.map((one) => one.jti)]);
  const facts = {
    client_id,
    client,
    task,
    task_id,
    jti,
    kid,
    aud: claims.aud,
    act_chain: token.act_chain,
    expires_at: Math.min(claims.exp * 1000, token.expires_at),
    authorization_details: kept.details,
    grants: delegable ? withTask(root.grants, taskGrantsAsGrants(given, now())) : [],
    delegable: delegable && client.settings.delegable !== false,
    chain: [
      { link: 'token', subject: jti, allowances: kept.allowances },
      link,
      ...ancestors.map((one) => one.link),
      ...asked,
    ],
    guardrails,
    epochs,
  } as const;
  const parts = [...new Set([kept, own, root, ...ancestors.map((one) => one.kept)])];
  return { facts, parts: parts.map((thing) => ({ thing, weight: thing.weight })) };
}

/** The very list of the client's own where there is nothing besides: what is known of it is remembered. */
function withTask(grants: readonly StandingGrant[], given: readonly StandingGrant[]): readonly StandingGrant[] {
  return given.length === 0 ? grants : [...grants, ...given];
}

/** Looks for a freeze only where there may be one; the actors of a token can be frozen too. */
async function freezeOf(
  services: BaseServices,
  { row, is_frozen, connection_id }: { row: Token; is_frozen: boolean; connection_id: string | undefined },
): Promise<Freeze | undefined> {
  const { client_id, task_id, act_chain } = row;
  if (!is_frozen && act_chain.length === 0) return undefined;
  return await freezeOn(services, { connection_id, client_ids: [client_id, ...act_chain], task_id });
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
