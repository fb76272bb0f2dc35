import { makeId, nearest, Secret, SHARED } from '@writ/core';
import type { Provider } from '@writ/providers';
import { type Connection, type NewCredential, nextCredentialVersion } from '@writ/store';
import { actorId } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { type Problem, unknownName } from '../validation.ts';

/** A root credential as it is handed in. */
export interface GivenCredential {
  readonly kind: string;
  readonly value: string;
  readonly environments?: readonly string[] | undefined;
}

/** The problems of a credential, without ever quoting it. `slugs`: the environments it may be bound to. */
export function credentialProblems(
  given: GivenCredential,
  at: { readonly provider: Provider; readonly slugs: readonly string[]; readonly field: string },
): Problem[] {
  const kinds = at.provider.credentialKinds;
  const kind = kinds.find((each) => each.kind === given.kind);
  if (kind === undefined) {
    const names = kinds.map((each) => each.kind);
    const problem = `must be ${names.join(', ')} for ${at.provider.title}`;
    // The value found is not quoted: people swap kind and value easily, and then it is the credential itself.
    return [{ field: `${at.field}kind`, problem, suggest: () => nearest(given.kind, names) }];
  }
  const problems: Problem[] = [];
  if (!kind.looksRight(given.value)) {
    problems.push({ field: `${at.field}value`, problem: `does not look like this kind of credential: ${kind.title}` });
  }
  for (const [index, slug] of (given.environments ?? []).entries()) {
    if (slug === SHARED || at.slugs.includes(slug)) continue;
    const problem = 'must be an environment of this connection: add it first, then give this credential';
    problems.push(unknownName({ field: `${at.field}environments.${index}`, found: slug, problem }, at.slugs));
  }
  return problems;
}

/** Seals a credential to its connection, origin and version, as the row to insert. */
export async function sealedRow(
  ctx: Ctx<AdminActor>,
  input: { readonly connection: Pick<Connection, 'id' | 'origin'>; readonly given: GivenCredential },
): Promise<NewCredential> {
  const { organization_id, store, vault } = ctx;
  const { connection, given } = input;
  const { id: connection_id, origin } = connection;
  const now = ctx.now();
  const id = makeId('credential', { now, randomBytes: ctx.randomBytes });
  const version = await nextCredentialVersion(store.db, { organization_id, connection_id });
  const context = { organization_id, connection_id, credential_id: id, origin, version };
  const sealed = await vault.sealCredential(new Secret(given.value, 'root credential'), context);
  const environments = given.environments === undefined ? null : [...new Set(given.environments)].sort();
  const made = { created_by: actorId(ctx.actor), created_at: now };
  return {
    organization_id,
    id,
    connection_id,
    version,
    kind: given.kind,
    origin,
    sealed: { ...sealed },
    environments,
    ...made,
  };
}
