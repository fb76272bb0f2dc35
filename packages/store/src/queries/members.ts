import { and, asc, eq, inArray, ne, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { connections, environment_members, environments, released_members } from '../schema/index.ts';

/** A provider environment, by its key in `environment_members`, and where it is or was guarded. */
export interface GuardedMember {
  readonly member: string;
  readonly slug: string;
  readonly protected: boolean;
}

/** The environment it was in last. */
export interface ReleasedMember extends GuardedMember {
  readonly released_at: number;
}

/** The same in another connection. `released_at` is set where it is in no environment there now. */
export interface MemberElsewhere extends GuardedMember {
  readonly connection_id: string;
  readonly connection: string;
  readonly released_at?: number;
}

/** Remembers where the provider environments of an environment were, in place of what was remembered before. */
export async function rememberReleased(
  tx: Tx,
  environment: typeof environments.$inferSelect,
  now: number,
): Promise<void> {
  const { organization_id, connection_id, id, slug } = environment;
  const { organization_id: of, environment_id } = environment_members;
  const members = await tx
    .select({ member: environment_members.member })
    .from(environment_members)
    .where(and(eq(of, organization_id), eq(environment_id, id)));
  if (members.length === 0) return;
  const rows = members.map(({ member }) => ({
    organization_id,
    connection_id,
    member,
    slug,
    protected: environment.protected,
    released_at: now,
  }));
  const { organization_id: organization, connection_id: connection, member } = released_members;
  await tx
    .insert(released_members)
    .values(rows)
    .onConflictDoUpdate({
      target: [organization, connection, member],
      set: {
        slug: sql`excluded.slug`,
        protected: sql`excluded.protected`,
        released_at: sql`excluded.released_at`,
      },
    });
}

interface Members {
  readonly organization_id: string;
  readonly connection_id: string;
  readonly members: readonly string[];
}

/** Forgets where provider environments were: they are in an environment again. */
export async function forgetReleased(tx: Tx, { organization_id, connection_id, members }: Members): Promise<void> {
  await tx
    .delete(released_members)
    .where(
      and(
        eq(released_members.organization_id, organization_id),
        eq(released_members.connection_id, connection_id),
        inArray(released_members.member, [...members]),
      ),
    );
}

/** Where some provider environments were last: those of them that are in no environment of the connection now. */
export async function findReleased(
  db: Db,
  { organization_id, connection_id, members }: Members,
): Promise<readonly ReleasedMember[]> {
  const { member, slug, protected: isProtected, released_at } = released_members;
  return db
    .select({ member, slug, protected: isProtected, released_at })
    .from(released_members)
    .where(
      and(
        eq(released_members.organization_id, organization_id),
        eq(released_members.connection_id, connection_id),
        inArray(member, [...members]),
      ),
    );
}

/** The provider environments that were last guarded by one of some names, and are in no environment of the connection now. */
export async function listReleasedNamed(
  db: Db,
  {
    organization_id,
    connection_id,
    slugs,
  }: { readonly organization_id: string; readonly connection_id: string; readonly slugs: readonly string[] },
): Promise<readonly GuardedMember[]> {
  const { slug, protected: isProtected, member } = released_members;
  return db
    .select({ member, slug, protected: isProtected })
    .from(released_members)
    .where(
      and(
        eq(released_members.organization_id, organization_id),
        eq(released_members.connection_id, connection_id),
        inArray(slug, [...slugs]),
      ),
    )
    .orderBy(slug, member);
}

/** Joins a member to the environment it is in. */
export const ofMember = and(
  eq(environments.organization_id, environment_members.organization_id),
  eq(environments.id, environment_members.environment_id),
);

const connectionOf = (members: typeof environment_members | typeof released_members): SQL | undefined =>
  and(eq(connections.organization_id, members.organization_id), eq(connections.id, members.connection_id));

/** Where other connections to the provider, deleted ones too, have or had these provider environments; the oldest connections first. */
export async function findElsewhere(
  db: Db,
  { organization_id, connection_id, provider, members }: Members & { readonly provider: string },
): Promise<readonly MemberElsewhere[]> {
  const ofOthers = [
    eq(connections.organization_id, organization_id),
    eq(connections.provider, provider),
    ne(connections.id, connection_id),
  ];
  const named = {
    connection_id: connections.id,
    connection: connections.slug,
  };
  const live = await db
    .select({
      ...named,
      member: environment_members.member,
      slug: environments.slug,
      protected: environments.protected,
    })
    .from(environment_members)
    .innerJoin(environments, ofMember)
    .innerJoin(connections, connectionOf(environment_members))
    .where(and(...ofOthers, inArray(environment_members.member, [...members])))
    .orderBy(asc(connections.id))
    .limit(10_000);
  const gone = await db
    .select({
      ...named,
      member: released_members.member,
      slug: released_members.slug,
      protected: released_members.protected,
      released_at: released_members.released_at,
    })
    .from(released_members)
    .innerJoin(connections, connectionOf(released_members))
    .where(and(...ofOthers, inArray(released_members.member, [...members])))
    .orderBy(asc(connections.id))
    .limit(10_000);
  return [...live, ...gone];
}
