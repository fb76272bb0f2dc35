/** The names under which a provider environment is guarded, before and after a change of environments. */
import { type EnvironmentKind, guardedKind } from '@writ/core';
import type { MemberKey, ProviderEnvironment, Selectors } from '@writ/providers';
import type { GuardedMember, ReleasedMember } from '@writ/store';

/** A provider environment, or a future ephemeral one. */
export interface Subject {
  /** Every key by which it is named; the first one goes before the others. */
  readonly members: readonly MemberKey[];
  /** Its name for people. */
  readonly called: string;
}

/** The names of a provider environment in one connection. */
export interface Names {
  readonly slug: string;
  readonly kind: EnvironmentKind;
}

/** What a connection's environments stand for: the names of each member. */
export type NamesByMember = ReadonlyMap<MemberKey, Names>;

/** Reads members as names. */
export function namingOf(members: readonly GuardedMember[], selectors: Selectors): NamesByMember {
  return new Map(
    members.map(({ member, slug, protected: isProtected }) => [
      member,
      { slug, kind: guardedKind({ protected: isProtected, ephemeral: selectors.standsForEphemeral(member) }) },
    ]),
  );
}

/** The names of a provider environment: those of the first of its members that is in an environment. */
export function namesOf({ members }: Subject, naming: NamesByMember): Names | undefined {
  return members.map((member) => naming.get(member)).find((names) => names !== undefined);
}

/** What was remembered when members were released. */
export type LastNames = ReadonlyMap<MemberKey, Names & { readonly at: number }>;

/** Reads what was remembered. */
export function lastNamingOf(members: readonly ReleasedMember[], selectors: Selectors): LastNames {
  const naming = namingOf(members, selectors);
  return new Map(
    members.flatMap(({ member, released_at }) => {
      const names = naming.get(member);
      return names === undefined ? [] : [[member, { ...names, at: released_at }] as const];
    }),
  );
}

/**
 * The names that a provider environment had last: those of the member that was released latest, since an environment that releases its
 * own member comes under its container's. All of them, where none is later.
 */
export function lastNamesOf({ members }: Subject, naming: LastNames): readonly Names[] {
  const all = members.map((member) => naming.get(member)).filter((names) => names !== undefined);
  const latest = Math.max(...all.map(({ at }) => at));
  return all.filter(({ at }) => at === latest);
}

/** Every key by which one of the subjects is named. */
export function membersOf(subjects: readonly Subject[]): readonly MemberKey[] {
  return [...new Set(subjects.flatMap(({ members }) => members))];
}

/**
 * The provider environments that members can stand for: each one that the provider lists, each one that it does not list, and a future
 * one for each member that stands for ephemeral ones.
 */
export function subjectsOf(
  members: readonly MemberKey[],
  { known, selectors }: { readonly known: readonly ProviderEnvironment[]; readonly selectors: Selectors },
): readonly Subject[] {
  const wanted = new Set(members);
  const listed = known
    .filter((environment) => environment.members.some((member) => wanted.has(member)))
    .map((environment): Subject => ({ members: environment.members, called: environment.id }));
  const named = new Set(listed.flatMap((subject) => subject.members));
  const others = [...wanted].filter((member) => selectors.standsForEphemeral(member) || !named.has(member));
  return [...listed, ...others.map((member) => ({ members: [member], called: calledOf(member, selectors) }))];
}

function calledOf(member: MemberKey, selectors: Selectors): string {
  const shown = selectors.shown(member);
  return selectors.standsForEphemeral(member) ? `One of the ${shown}` : shown;
}
