import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { answerKeyCopy, currentVaultKey, type VaultKey } from '@writ/store';
import { actorName, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { timeOrNull, timeOut } from '../page.ts';

/** Shows which key the database is sealed with, and what was answered of the copy of its file. */
export async function getKeyFile({ store, organization_id }: Ctx): Promise<OutputOf<'key_file.get'>> {
  const key = await currentVaultKey(store.db, { organization_id });
  if (key === undefined)
    throw new WritError('internal', { cause: new Error('a broker runs without a remembered key') });
  return view(key);
}

/**
 * Remembers whether a copy of the key file is kept on another machine. The answer is for one key: once that was replaced it is asked for
 * again. Throws `conflict` for a key that is not the current one.
 */
export async function putKeyFile(
  ctx: Ctx<AdminActor>,
  { kek_id, copy_kept }: InputOf<'key_file.put'>,
): Promise<OutputOf<'key_file.put'>> {
  const { organization_id, actor } = ctx;
  return await change(ctx, async (tx) => {
    const by = actorName(actor);
    const key = await answerKeyCopy(tx, { organization_id, kek_id, copy_kept, by, now: ctx.now() });
    if (key === undefined) {
      throw new WritError('conflict', {
        detail: `The database is not sealed with key ${kek_id}. Nothing was changed.`,
      });
    }
    return { result: view(key), happened: { kind: 'vault_key.copy_answered', data: { kek_id, copy_kept } } };
  });
}

function view({ kek_id, created_at, copy_kept, copy_answered_at, copy_answered_by }: VaultKey) {
  return {
    kek_id,
    created_at: timeOut(created_at),
    copy_kept,
    copy_answered_at: timeOrNull(copy_answered_at),
    copy_answered_by,
  };
}
