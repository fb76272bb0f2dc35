import { type Secret, WritError } from '@writ/core';
import type { Credential as OpenedCredential } from '@writ/gateway';
import type { Provider } from '@writ/providers';
import type { Connection, Credential } from '@writ/store';
import type { BaseServices } from '../context.ts';
import type { CredentialBox } from '../live.ts';

interface Facts {
  readonly row: Connection;
  readonly credentials: readonly Credential[];
  readonly provider: Provider;
}

/** Makes the box. Opening asks the vault each time; the `Secret` stays the same one while the credential does. */
export function createCredentialBox(services: BaseServices, facts: Facts): CredentialBox {
  const { row, credentials, provider } = facts;
  const opened = new Map<string, OpenedCredential>();
  const put = (credential: Credential, secret: Secret): OpenedCredential => {
    const before = opened.get(credential.id);
    if (before !== undefined && before.secret.expose() === secret.expose()) return before;
    const kind = provider.credentialKinds.find((each) => each.kind === credential.kind);
    if (kind === undefined)
      throw new WritError('unavailable', { detail: `Writ does not know credentials of kind ${credential.kind}.` });
    const context = { secret, now: services.now };
    const made: OpenedCredential = { secret, sign: (request) => kind.sign(request, context) };
    opened.set(credential.id, made);
    return made;
  };
  return {
    versionFor: (environments) => narrowest(credentials, environments)?.version,
    open: async (authorized) => {
      const { kind, environments } = authorized.value;
      const chosen = kind === 'read' ? broadest(credentials) : narrowest(credentials, environments);
      if (chosen === undefined) {
        throw new WritError('conflict', { detail: noneFor(row.slug, credentials.length), ask_human: true });
      }
      const { id: credential_id, origin, version } = chosen;
      const context = {
        organization_id: services.organization_id,
        connection_id: row.id,
        credential_id,
        origin,
        version,
      };
      return put(chosen, await services.vault.openCredential(chosen.sealed, { context, authorized }));
    },
  };
}

function noneFor(slug: string, count: number): string {
  return count === 0
    ? `The connection ${slug} has no root credential.`
    : `The connection ${slug} has no root credential for these environments.`;
}

/**
 * Where a credential bound to all of the environments exists, a broader one is never used (model#root-credential): of the bound ones, the
 * one bound to the fewest; else the newest that is bound to none.
 */
export function narrowest<T extends Pick<Credential, 'environments' | 'version'>>(
  credentials: readonly T[],
  environments: readonly string[],
): T | undefined {
  let best: T | undefined;
  for (const each of credentials) {
    if (covers(each, environments) && (best === undefined || compareBreadth(each, best) < 0)) best = each;
  }
  return best;
}

type Bound = Pick<Credential, 'environments' | 'version'>;

function covers({ environments: to }: Bound, environments: readonly string[]): boolean {
  return to === null || (environments.length > 0 && environments.every((slug) => to.includes(slug)));
}

/** Negative where the first is bound to fewer environments than the second, or to as many and is newer. */
function compareBreadth(a: Bound, b: Bound): number {
  const [sizeA, sizeB] = [a.environments?.length, b.environments?.length];
  if (sizeA === sizeB) return b.version - a.version;
  return (sizeA ?? Number.POSITIVE_INFINITY) - (sizeB ?? Number.POSITIVE_INFINITY);
}

/** The credential for the broker's own questions: the newest that is bound to nothing, else the one bound to most. */
export function broadest(credentials: readonly Credential[]): Credential | undefined {
  const size = ({ environments }: Credential): number => environments?.length ?? Number.POSITIVE_INFINITY;
  return credentials.toSorted((a, b) => (size(a) === size(b) ? b.version - a.version : size(b) - size(a)))[0];
}
