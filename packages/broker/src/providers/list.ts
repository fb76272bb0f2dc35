import type { InputOf, OutputOf } from '@writ/api';
import type { Provider } from '@writ/providers';
import type { Ctx } from '../context.ts';
import { sliceOut } from '../slice.ts';

type View = OutputOf<'providers.list'>['items'][number];

/** Lists the providers by id, each with what clients must know of it. */
export async function listProviders(ctx: Ctx, input: InputOf<'providers.list'>): Promise<OutputOf<'providers.list'>> {
  const items = [...ctx.providers.values()].map(providerView).sort((a, b) => (a.id < b.id ? -1 : 1));
  return sliceOut(items, input);
}

function providerView(provider: Provider): View {
  const { id, title, defaultBaseUrl: base_url, credentialKinds, usualCredentialKind, selectors } = provider;
  return {
    id,
    title,
    base_url,
    credential_kinds: credentialKinds.map(({ kind, title, goodFor: good_for, narrowness, steps, url }) => ({
      ...{ kind, title, good_for, narrowness, url, steps: [...steps] },
      sealed_to: `this connection, and sent to ${new URL(base_url).origin} alone`,
    })),
    usual_credential_kind: usualCredentialKind,
    selector_fields: selectors.fields.map(({ name, noun, title, ephemeral, most }) => ({
      name,
      id_of: noun,
      title,
      ephemeral,
      most,
    })),
    resource_kinds: [...provider.resourceKinds],
    places: { ...provider.places },
    environment_variables: { token: [...provider.envVars.token], base_url: [...provider.envVars.baseUrl] },
    example: { ...provider.example },
  };
}
