import type { InputOf } from '@writ/api';
import { revokeGrant } from '@writ/store';
import { change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { limitsData, nameData, scopeData } from './create.ts';

/** Takes a grant back; live tokens lose it on their next request. Throws `not_found`. */
export async function deleteGrant(ctx: Ctx<AdminActor>, input: InputOf<'grants.delete'>): Promise<undefined> {
  const { organization_id } = ctx;
  return await change(ctx, async (tx) => {
    const grant = await revokeGrant(tx, { organization_id, id: input.id, now: ctx.now() });
    if (grant === undefined) throw missing('grant', input.id);
    const { client_id, scope } = grant;
    return {
      result: undefined,
      happened: {
        kind: 'grant.deleted',
        client_id,
        connection: scope.connection,
        data: { grant_id: grant.id, ...nameData(grant), ...scopeData(scope), ...limitsData(grant) },
      },
      epochs: [{ scope: 'client', subject: client_id }],
    };
  });
}
