import type { InputOf, OutputOf } from '@writ/api';
import { makeId, WritError } from '@writ/core';
import { insertConnection, insertCredential, violates } from '@writ/store';
import { actorId, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { throwIfAny, unknownName, wrong } from '../validation.ts';
import { readBaseUrl } from './base-url.ts';
import { credentialProblems, sealedRow } from './credential-rows.ts';
import { connectionView } from './view.ts';

/**
 * Adds a connection and seals its root credential, which counts as unverified until `verify`. Throws `validation_failed`, or
 * `conflict` for a slug that was ever used.
 */
export async function createConnection(
  ctx: Ctx<AdminActor>,
  input: InputOf<'connections.create'>,
): Promise<OutputOf<'connections.create'>> {
  const { organization_id } = ctx;
  const provider = ctx.providers.get(input.provider);
  if (provider === undefined) {
    const names = [...ctx.providers.keys()];
    const problem = `must be one of ${names.join(', ')}`;
    throw wrong(unknownName({ field: 'provider', found: input.provider, problem }, names));
  }
  const { base_url, origin } = readBaseUrl(ctx, input.base_url ?? provider.defaultBaseUrl);
  throwIfAny(credentialProblems(input.credential, { provider, slugs: [], field: 'credential.' }));
  const now = ctx.now();
  const id = makeId('connection', { now, randomBytes: ctx.randomBytes });
  const settings = { ...input.settings };
  const row = { organization_id, id, slug: input.slug, provider: provider.id, base_url, origin, settings };
  const credential = await sealedRow(ctx, { connection: { id, origin }, given: input.credential });
  try {
    const made = await change(ctx, async (tx) => {
      const result = await insertConnection(tx, { ...row, created_by: actorId(ctx.actor), created_at: now });
      await insertCredential(tx, credential);
      const data = { connection_id: id, provider: provider.id, base_url, credential_kind: credential.kind };
      return {
        result,
        happened: { kind: 'connection.created', connection: input.slug, data },
        changes: [{ kind: 'connection', subject: id }],
      };
    });
    return await connectionView(ctx, made);
  } catch (error) {
    if (!violates(error, 'connections_slug_key')) throw error;
    throw new WritError('conflict', { detail: `The slug ${input.slug} is taken, or was: slugs are never used again.` });
  }
}
