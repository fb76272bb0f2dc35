import { WritError } from '@writ/core';
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { environment_members, environments } from '../schema/index.ts';
import { forgetReleased, ofMember, rememberReleased } from './members.ts';

export type EnvironmentRow = typeof environments.$inferSelect;
export type NewEnvironment = typeof environments.$inferInsert;

/** The keys of what a selector names, as its provider reads it; at least one. */
export interface Claims {
  readonly members: readonly string[];
}

/**
 * Adds an environment and claims its provider environments; where they were before is forgotten. Throws `conflict` when its slug is taken
 * (`environments_slug_key`), or, naming them, when another environment has one of the provider environments.
 */
export async function insertEnvironment(tx: Tx, { members, ...environment }: NewEnvironment & Claims): Promise<void> {
  await tx.insert(environments).values(environment);
  await claim(tx, environment, members);
}

async function claim(
  tx: Tx,
  environment: Pick<EnvironmentRow, 'organization_id' | 'connection_id' | 'id'>,
  keys: readonly string[],
): Promise<void> {
  const { organization_id, connection_id, id: environment_id } = environment;
  const claimed = await tx
    .insert(environment_members)
    .values(keys.map((member) => ({ organization_id, connection_id, member, environment_id })))
    .onConflictDoNothing()
    .returning({ member: environment_members.member });
  const got = new Set(claimed.map(({ member }) => member));
  const taken = keys.filter((key) => !got.has(key));
  if (taken.length > 0) throw await ownersOf(tx, { organization_id, connection_id, members: taken });
  await forgetReleased(tx, { organization_id, connection_id, members: keys });
}

async function ownersOf(
  tx: Tx,
  input: { organization_id: string; connection_id: string; members: readonly string[] },
): Promise<WritError> {
  const { organization_id, connection_id, members } = input;
  const rows = await tx
    .select({ member: environment_members.member, slug: environments.slug })
    .from(environment_members)
    .innerJoin(environments, ofMember)
    .where(
      and(
        eq(environment_members.organization_id, organization_id),
        eq(environment_members.connection_id, connection_id),
        inArray(environment_members.member, [...members]),
      ),
    );
  const said = rows.map(({ member, slug }) => `${member.slice(member.indexOf(':') + 1)} is in ${slug}`);
  return new WritError('conflict', {
    detail: `A provider environment is in at most one environment: ${said.join(', ') || 'another was faster'}.`,
  });
}

/** Undefined when there is none. */
export async function findEnvironment(
  db: Db,
  input: { organization_id: string; connection_id: string; slug: string },
): Promise<EnvironmentRow | undefined> {
  const [environment] = await db.select().from(environments).where(bySlug(input));
  return environment;
}

function bySlug(input: { organization_id: string; connection_id: string; slug: string }) {
  return and(
    eq(environments.organization_id, input.organization_id),
    eq(environments.connection_id, input.connection_id),
    eq(environments.slug, input.slug),
  );
}

/** How many environments a connection can have: all of them decide, so none may be left out of a list. */
export const MOST_ENVIRONMENTS = 1_000;

/** Every environment of a connection, by slug; more than `MOST_ENVIRONMENTS` only before a change that brings too many is undone. */
export async function listEnvironments(
  db: Db,
  input: { organization_id: string; connection_id: string },
): Promise<readonly EnvironmentRow[]> {
  return db
    .select()
    .from(environments)
    .where(
      and(eq(environments.organization_id, input.organization_id), eq(environments.connection_id, input.connection_id)),
    )
    .orderBy(asc(environments.slug))
    .limit(MOST_ENVIRONMENTS + 1);
}

/**
 * Changes an environment and returns it; undefined when there is none. With a new selector `members` are its keys, which are claimed
 * anew. Throws `conflict` as `insertEnvironment`.
 */
export async function updateEnvironment(
  tx: Tx,
  input: {
    organization_id: string;
    connection_id: string;
    slug: string;
    set: Partial<Pick<EnvironmentRow, 'slug' | 'selector' | 'protected'>>;
    now: number;
  } & Partial<Claims>,
): Promise<EnvironmentRow | undefined> {
  const { organization_id, set, members, now } = input;
  const before = await findEnvironment(tx, input);
  const [environment] = await tx.update(environments).set(set).where(bySlug(input)).returning();
  if (!before || !environment || !members) return environment;
  await rememberReleased(tx, before, now);
  await tx
    .delete(environment_members)
    .where(
      and(
        eq(environment_members.organization_id, organization_id),
        eq(environment_members.environment_id, environment.id),
      ),
    );
  await claim(tx, environment, members);
  return environment;
}

/** Removes an environment and frees its provider environments, remembering where they were; undefined when there was none. */
export async function deleteEnvironment(
  tx: Tx,
  input: { organization_id: string; connection_id: string; slug: string; now: number },
): Promise<EnvironmentRow | undefined> {
  const environment = await findEnvironment(tx, input);
  if (environment === undefined) return undefined;
  await rememberReleased(tx, environment, input.now);
  await tx.delete(environments).where(bySlug(input));
  return environment;
}
