/** Under which names a provider environment is guarded, before and after a change of environments. */
import { type EnvironmentKind, guardedKind } from '@writ/core';
import type { ProviderEnvironment } from '@writ/providers';
import type { GuardedMember, ReleasedMember } from '@writ/store';

/** A provider environment, or any ephemeral one that a container is yet to have. */
export interface Subject {
  readonly id?: string;
  /** Set where the provider calls it ephemeral. */
  readonly container?: string;
}

/** The names of a provider environment in one connection. */
export interface Names {
  readonly slug: string;
  readonly kind: EnvironmentKind;
}

/** The key of a member of a selector, as the store has it. */
type MemberKey = string;

/** What a connection's environments stand for: the names of each member. */
export type Naming = ReadonlyMap<MemberKey, Names>;

/** Tells whether a member stands for the ephemeral environments of a container. */
export function isForEphemeral(member: MemberKey): boolean {
  return member.startsWith('ephemeral_of:');
}

/** Reads members as names. */
export function namingOf(members: readonly GuardedMember[]): Naming {
  return new Map(
    members.map(({ member, slug, protected: isProtected }) => [
      member,
      { slug, kind: guardedKind({ protected: isProtected, ephemeral: isForEphemeral(member) }) },
    ]),
  );
}

/**
 * The names by which a provider environment goes: those of the environment that lists its id, else of that for its container's ephemeral
 * ones.
 */
export function namesOf({ id, container }: Subject, naming: Naming): Names | undefined {
  const own = id === undefined ? undefined : naming.get(`environment_ids:${id}`);
  return own ?? (container === undefined ? undefined : naming.get(`ephemeral_of:${container}`));
}

/** What was remembered when members were released. */
export type LastNaming = ReadonlyMap<MemberKey, Names & { readonly at: number }>;

/** Reads what was remembered. */
export function lastNamingOf(members: readonly ReleasedMember[]): LastNaming {
  const naming = namingOf(members);
  return new Map(
    members.flatMap(({ member, released_at }) => {
      const names = naming.get(member);
      return names === undefined ? [] : [[member, { ...names, at: released_at }] as const];
    }),
  );
}

/**
 * The names by which a provider environment went last: of its own and its container's those that were given up later, since one that
 * gives up its own comes under its container's. Both, where neither is later.
 */
export function lastNamesOf({ id, container }: Subject, naming: LastNaming): readonly Names[] {
  const own = id === undefined ? undefined : naming.get(`environment_ids:${id}`);
  const shared = container === undefined ? undefined : naming.get(`ephemeral_of:${container}`);
  const both = [own, shared].filter((names) => names !== undefined);
  const latest = Math.max(...both.map(({ at }) => at));
  return both.filter(({ at }) => at === latest);
}

/** Every key by which one of the subjects could be a member. */
export function keysOf(subjects: readonly Subject[]): readonly MemberKey[] {
  const keys = subjects.flatMap(({ id, container }) => [
    ...(id === undefined ? [] : [`environment_ids:${id}`]),
    ...(container === undefined ? [] : [`ephemeral_of:${container}`]),
  ]);
  return [...new Set(keys)];
}

/**
 * The provider environments that members can stand for: each that is listed by id, each ephemeral one of their containers that the
 * provider has, and for each container one that is yet to come.
 */
export function subjectsOf(members: readonly MemberKey[], known: readonly ProviderEnvironment[]): readonly Subject[] {
  const ids = idsOf(members, 'environment_ids:');
  const containers = new Set(idsOf(members, 'ephemeral_of:'));
  const ephemeral = known.filter((environment) => environment.ephemeral);
  const forks = ephemeral.filter(({ container }) => containers.has(container.id)).map(({ id }) => id);
  const containerOf = new Map(ephemeral.map(({ id, container }) => [id, container.id]));
  const listed = [...new Set([...ids, ...forks])].map((id): Subject => {
    const container = containerOf.get(id);
    return container === undefined ? { id } : { id, container };
  });
  return [...listed, ...[...containers].map((container): Subject => ({ container }))];
}

function idsOf(members: readonly MemberKey[], prefix: string): string[] {
  return members.filter((member) => member.startsWith(prefix)).map((member) => member.slice(prefix.length));
}
