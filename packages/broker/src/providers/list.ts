import type { InputOf, OutputOf } from '@writ/api';
import type { Ctx } from '../context.ts';
import { sliceOut } from '../slice.ts';

/** Lists the providers by id. */
export async function listProviders(ctx: Ctx, input: InputOf<'providers.list'>): Promise<OutputOf<'providers.list'>> {
  const items = [...ctx.providers.values()]
    .map(({ id, title, defaultBaseUrl: base_url, credentialKinds, resourceKinds }) => ({
      id,
      title,
      base_url,
      credential_kinds: credentialKinds.map((each) => ({ kind: each.kind, title: each.title })),
      resource_kinds: [...resourceKinds],
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return sliceOut(items, input);
}
