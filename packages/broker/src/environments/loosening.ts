import { type GuardedPair, type Guardrail, inertLine, type JsonObject, WritError } from '@writ/core';
import type { MemberKey, ProviderEnvironment, Selectors } from '@writ/providers';
import {
  type EnvironmentRow,
  findElsewhere,
  findEnvironment,
  findReleased,
  type GuardedMember,
  listAdmissions,
  listEffectOverrides,
  listEnvironments,
  lockOrganization,
  type MemberElsewhere,
  MOST_ENVIRONMENTS,
  type ReleasedMember,
  type Tx,
  type Unbound,
  unbindInCredentials,
} from '@writ/store';
import type { AdminActor, Ctx } from '../context.ts';
import { effectsOf, YET_TO_COME } from '../guardrails/facts.ts';
import { guardrailsInForce } from '../guardrails/get.ts';
import { findMilder, type Place } from '../guardrails/loosening.ts';
import type { ConnectionState } from '../live.ts';
import {
  type LastNames,
  lastNamesOf,
  lastNamingOf,
  membersOf,
  type Names,
  type NamesByMember,
  namesOf,
  namingOf,
  type Subject,
  subjectsOf,
} from './places.ts';

/** The new state of an environment; `undefined` where it is to be removed. */
export interface NextEnvironment {
  /** The keys of its new selector, where it gets one. */
  readonly members?: readonly MemberKey[] | undefined;
  readonly protected?: boolean | undefined;
}

/**
 * Refuses to take protection away from a provider environment, unless an owner asks. Guardrails want the same for loosening, and without
 * protection an environment is under milder ones. Throws `forbidden`.
 */
export async function refuseUnprotecting(
  ctx: Ctx<AdminActor>,
  tx: Tx,
  change: { readonly state: ConnectionState; readonly slug: string; readonly becoming: NextEnvironment | undefined },
): Promise<void> {
  const { state, slug, becoming } = change;
  // Locked first, so that nobody protects it between the check and the change.
  await lockOrganization(tx, { organization_id: ctx.organization_id });
  const of = { organization_id: ctx.organization_id, connection_id: state.id };
  const before = await findEnvironment(tx, { ...of, slug });
  if (before === undefined || !before.protected || ctx.actor.role === 'owner') return;
  if (!takesProtection(state.provider.selectors.members(before.selector), becoming)) return;
  throw new WritError('forbidden', {
    detail: `Only an owner takes protection away from ${slug}, or from a provider environment that it stands for.`,
  });
}

function takesProtection(before: readonly MemberKey[], becoming: NextEnvironment | undefined): boolean {
  if (becoming === undefined || becoming.protected === false) return true;
  if (becoming.members === undefined) return false;
  const kept = new Set(becoming.members);
  return before.some((member) => !kept.has(member));
}

/** A change of the environments of a connection. */
export interface NameChange<T> {
  readonly state: ConnectionState;
  /** The names that the change gives. */
  readonly claims: readonly MemberKey[];
  /**
   * The slugs that it gives to an environment or takes from one. What root credentials are still bound to under such a slug was that of
   * another environment, and goes first.
   */
  readonly slugs: readonly string[];
  /**
   * The provider's environments, which tell the ephemeral ones. Undefined where it was not asked, since nothing stood for ephemeral ones.
   */
  readonly known: readonly ProviderEnvironment[] | undefined;
  readonly work: () => Promise<T>;
}

/** The result, and for the log how each provider environment is guarded less, in a sentence, and what became of root credentials. */
export interface Renamed<T> {
  readonly result: T;
  readonly data: JsonObject;
}

/**
 * Makes a change of environments, and refuses it where a provider environment would be guarded less than before, unless an owner asks.
 * "Before" means: under the names it has; else under those it had last, here or in another connection to the provider; where it never had
 * any, what holds for its kind. So no rule can be avoided by other names. Throws `forbidden`, and `conflict` where the provider's earlier
 * answer is no longer enough; then the transaction is undone.
 */
export async function renamed<T>(ctx: Ctx<AdminActor>, tx: Tx, renaming: NameChange<T>): Promise<Renamed<T>> {
  const { organization_id, actor } = ctx;
  const { state, claims, known = [] } = renaming;
  const { selectors } = state.provider;
  const of = { organization_id, connection_id: state.id };
  await lockOrganization(tx, { organization_id });
  const before = guardedBy(await listEnvironments(tx, of), selectors);
  if (renaming.known === undefined && before.some(({ member }) => selectors.standsForEphemeral(member)))
    throw meanwhile();
  const subjects = subjectsOf([...before.map(({ member }) => member), ...claims], { known, selectors });
  const keys = { ...of, members: membersOf(subjects) };
  const released = await findReleased(tx, keys);
  const elsewhere = await findElsewhere(tx, { ...keys, provider: state.row.provider });
  const unbound = await unbindInCredentials(tx, { ...of, slugs: renaming.slugs, now: ctx.now() });
  const result = await renaming.work();
  const rows = await listEnvironments(tx, of);
  if (rows.length > MOST_ENVIRONMENTS) throw tooMany();
  const after = namingOf(guardedBy(rows, selectors), selectors);
  const memory = {
    now: namingOf(before, selectors),
    last: lastNamingOf(released, selectors),
    elsewhere: await placesIn(ctx, tx, { members: elsewhere, selectors }),
  };
  const guardrails = await guardrailsInForce(tx, organization_id);
  const loosened = subjects.flatMap((subject) => {
    const names = namesOf(subject, after);
    if (names === undefined) return [];
    const to: Place = { connection: state.slug, overrides: state.overrides, ...names };
    const earlier = earlierPlaces(subject, { memory, to });
    const found = earlier.flatMap((from) => sentencesOf({ guardrails, state, subject, from, to }));
    return found.slice(0, 1);
  });
  const [first] = loosened;
  if (first !== undefined && actor.role !== 'owner')
    throw new WritError('forbidden', { detail: `Only an owner makes guards milder. ${first}` });
  return { result, data: { ...loosenedData(loosened), ...unboundData(unbound) } };
}

function loosenedData(loosened: readonly string[]): JsonObject {
  return loosened.length === 0 ? {} : { loosened: loosened.slice(0, 20) };
}

function unboundData({ unbound, erased }: Unbound): JsonObject {
  return unbound === 0 ? {} : { credentials_unbound: unbound, credentials_erased: erased };
}

function tooMany(): WritError {
  return new WritError('conflict', {
    detail: `A connection has at most ${MOST_ENVIRONMENTS} environments. Nothing was changed; let one stand for several.`,
  });
}

function meanwhile(): WritError {
  return new WritError('conflict', {
    detail: 'The environments of the connection were changed meanwhile. Nothing was changed by this; do it again.',
  });
}

function guardedBy(rows: readonly EnvironmentRow[], selectors: Selectors): GuardedMember[] {
  return rows.flatMap(({ selector, slug, protected: isProtected }) =>
    selectors.members(selector).map((member) => ({ member, slug, protected: isProtected })),
  );
}

interface NameHistory {
  readonly now: NamesByMember;
  readonly last: LastNames;
}

interface Elsewhere extends NameHistory {
  readonly connection: string;
  readonly overrides: Place['overrides'];
}

interface Memory extends NameHistory {
  readonly elsewhere: readonly Elsewhere[];
}

function isReleased(member: MemberElsewhere): member is MemberElsewhere & ReleasedMember {
  return member.released_at !== undefined;
}

/** Groups what is known of other connections by connection. */
async function placesIn(
  ctx: Ctx,
  tx: Tx,
  { members, selectors }: { readonly members: readonly MemberElsewhere[]; readonly selectors: Selectors },
): Promise<Elsewhere[]> {
  const { organization_id } = ctx;
  const places: Elsewhere[] = [];
  for (const [connection_id, its] of Map.groupBy(members, (member) => member.connection_id)) {
    places.push({
      connection: its[0]?.connection ?? '',
      overrides: effectsOf([
        ...(await listAdmissions(tx, { organization_id, connection_id })),
        ...(await listEffectOverrides(tx, { organization_id, connection_id })),
      ]),
      now: namingOf(
        its.filter(({ released_at }) => released_at === undefined),
        selectors,
      ),
      last: lastNamingOf(
        its.filter((member) => isReleased(member)),
        selectors,
      ),
    });
  }
  return places;
}

/** Where a provider environment was guarded until now. */
function earlierPlaces(subject: Subject, { memory, to }: { readonly memory: Memory; readonly to: Place }): Place[] {
  const own = earlierNames(subject, memory);
  if (own.length > 0) return own.map((names) => ({ ...to, ...names }));
  const others = memory.elsewhere.flatMap(({ connection, overrides, ...remembered }) =>
    earlierNames(subject, remembered).map((names) => ({ connection, overrides, ...names })),
  );
  return [...others, { ...to, slug: YET_TO_COME }];
}

function earlierNames(subject: Subject, { now, last }: NameHistory): readonly Names[] {
  const names = namesOf(subject, now);
  return names === undefined ? lastNamesOf(subject, last) : [names];
}

interface Comparison {
  readonly guardrails: readonly Guardrail[];
  readonly state: ConnectionState;
  readonly subject: Subject;
  readonly from: Place;
  readonly to: Place;
}

function sentencesOf({ guardrails, state, subject, from, to }: Comparison): string[] {
  const milder = findMilder({ guardrails, operations: state.provider.operations, from, to });
  if (milder === undefined) return [];
  const what = inertLine(subject.called, 250);
  const operation = inertLine(`${milder.operation} (${milder.effect})`, 200);
  return [
    `${what} is guarded ${nameOf(from)}, where ${operation} ${wordsOf(milder.now)}; in ${to.slug} it ${wordsOf(milder.then)}.`,
  ];
}

function nameOf({ connection, slug, kind }: Place): string {
  return slug === YET_TO_COME ? `as any ${kind} environment is` : `as ${slug} of ${connection}`;
}

function wordsOf({ outcome, approve, hold_minutes, quorum }: GuardedPair): string {
  if (outcome === 'deny') return 'is denied';
  const hold = hold_minutes > 0 ? [`waits ${hold_minutes} minutes`] : [];
  const all = [
    ...(approve ? [quorum === undefined ? 'needs approval' : `needs approval by ${quorum} people`] : []),
    ...hold,
  ];
  return all.length === 0 ? 'is allowed' : all.join(' and ');
}
