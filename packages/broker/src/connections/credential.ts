import type { InputOf, OutputOf } from '@writ/api';
import { insertCredential, listEnvironments, lockOrganization, retireCredentials, updateConnection } from '@writ/store';
import { change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { throwIfAny } from '../validation.ts';
import { credentialProblems, sealedRow } from './credential-rows.ts';
import { connectionView } from './view.ts';

/**
 * Replaces the root credential bound to these environments, or to none; it counts as unverified until `verify`.
 * Throws `not_found`, `validation_failed`, and `conflict` when another was given at the same moment.
 */
export async function putCredential(
  ctx: Ctx<AdminActor>,
  input: InputOf<'connections.credential'>,
): Promise<OutputOf<'connections.credential'>> {
  const { organization_id, live } = ctx;
  const { connection: slug, ...given } = input;
  const state = await live.connections.require(slug);
  const check = (environments: readonly { readonly slug: string }[]): void => {
    const slugs = environments.map((environment) => environment.slug);
    throwIfAny(credentialProblems(given, { provider: state.provider, slugs, field: '' }));
  };
  check(state.environments);
  const credential = await sealedRow(ctx, { connection: state.row, given });
  const { id: connection_id } = state;
  const environments = credential.environments ?? null;
  const row = await change(ctx, async (tx) => {
    // Once more behind the lock that renaming takes: a credential that is bound to a name that is gone would never be used again.
    await lockOrganization(tx, { organization_id });
    check(await listEnvironments(tx, { organization_id, connection_id }));
    await retireCredentials(tx, { organization_id, connection_id, environments, now: ctx.now() });
    await insertCredential(tx, credential);
    const set = {
      identity: null,
      verified_at: null,
      ...(environments === null && { credential_flagged_at: null }),
    };
    const result = await updateConnection(tx, { organization_id, id: connection_id, set });
    if (result === undefined || result.origin !== credential.origin) throw missing('connection', slug);
    const data = {
      connection_id,
      credential_id: credential.id,
      credential_kind: credential.kind,
      version: credential.version,
    };
    return {
      result,
      happened: { kind: 'credential.replaced', connection: slug, data: { ...data, environments } },
      epochs: [{ scope: 'connection', subject: connection_id }],
    };
  });
  return await connectionView(ctx, row);
}
