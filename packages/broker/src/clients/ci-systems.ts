import type { InputOf, OutputOf } from '@writ/api';
import { CI_SYSTEMS } from '@writ/core';
import { type CiSystem, ciSystem } from '@writ/tokens';
import type { Ctx } from '../context.ts';
import { sliceOut } from '../slice.ts';

/** Lists the CI systems, each with what whoever writes a trust policy must know of it. */
export async function listCiSystems(
  _ctx: Ctx,
  input: InputOf<'clients.ci_systems'>,
): Promise<OutputOf<'clients.ci_systems'>> {
  return sliceOut(
    CI_SYSTEMS.map((id) => systemView(ciSystem(id))),
    input,
  );
}

function systemView(system: CiSystem): OutputOf<'clients.ci_systems'>['items'][number] {
  const { id, title, issuer, audience, claims, obtain } = system;
  const groupView = ({ any_of, because }: CiSystem['required'][number]) => ({ any_of: [...any_of], because });
  return {
    ...{ id, title, obtain },
    issuer: { usual: issuer.usual ?? null, example: issuer.example },
    audience: audience.fixed ?? null,
    claims: claims.map(({ name, kind, about }) => ({ name, kind, about })),
    required: system.required.map(groupView),
    recommended: system.recommended.map(groupView),
    refused: system.refused.map(({ claim, values, because }) => ({ claim, values: [...values], because })),
    never_pin: [...system.never_pin],
  };
}
