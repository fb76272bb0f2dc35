import type { OutputOf } from '@writ/api';
import type { CiSystemId, FederatedAuth } from '@writ/core';

/** A CI system as the API tells it. */
export type CiSystem = OutputOf<'clients.ci_systems'>['items'][number];

/** A trust policy as it is typed. Of each claim the values, one a line: several mean one of them. */
export interface PolicyDraft {
  readonly ci: CiSystemId;
  readonly issuer: string;
  readonly audience: string;
  readonly claims: Readonly<Record<string, string>>;
  readonly allow_private_network: boolean;
}

/** A draft for a system: what it always needs, and room for the claims that a policy must or should pin. */
export function draftFor(system: CiSystem, client_id: string): PolicyDraft {
  const groups = [...system.required, ...system.recommended];
  return {
    ci: system.id,
    issuer: system.issuer.usual ?? '',
    audience: system.audience ?? audienceOf(client_id),
    claims: Object.fromEntries(groups.map(({ any_of: [first = ''] }) => [first, ''])),
    allow_private_network: false,
  };
}

/** The audience of a client's own tokens: one that is made for anybody else is refused. */
export function audienceOf(client_id: string): string {
  return `${location.origin}/ci/${client_id}`;
}

/** What is sent of a draft. A claim without a value is not pinned. */
export function policyOf({ ci, issuer, audience, claims, allow_private_network }: PolicyDraft): FederatedAuth {
  const pinned = Object.entries(claims).flatMap(([name, text]) => {
    const values = text
      .split('\n')
      .map((value) => value.trim())
      .filter((value) => value !== '');
    const [first] = values;
    return first === undefined ? [] : [[name, values.length === 1 ? first : values] as const];
  });
  return {
    method: 'federated',
    ci,
    issuer: issuer.trim(),
    audience: audience.trim(),
    claims: Object.fromEntries(pinned),
    allow_private_network,
  };
}

/** A policy as it stands, as a draft. */
export function draftOf({ ci, issuer, audience, claims, allow_private_network }: FederatedAuth): PolicyDraft {
  const texts = Object.entries(claims).map(([name, wanted]) => [name, [wanted].flat().join('\n')]);
  return { ci, issuer, audience, claims: Object.fromEntries(texts), allow_private_network };
}
