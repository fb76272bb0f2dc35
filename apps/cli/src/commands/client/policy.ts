import { CI_SYSTEMS, type CiSystemId, type FederatedAuth } from '@writ/core';
import type { Cli } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { issuerOf } from '../../oauth.ts';

/** The options by which a trust policy is written. */
export interface PolicyOptions {
  readonly ci?: CiSystemId;
  readonly issuer?: string;
  readonly audience?: string;
  readonly pin?: readonly string[];
  readonly allowPrivateNetwork?: boolean;
}

/** The systems, for the help. */
export const CI_NAMES = CI_SYSTEMS;

/** Reads a trust policy from options. The audience is Writ's own for that client, unless another is given. */
export async function policyOf(cli: Cli, clientId: string, options: PolicyOptions): Promise<FederatedAuth> {
  const { ci, allowPrivateNetwork = false } = options;
  if (ci === undefined) throw usage(`Say with --ci whose tokens these are: ${CI_SYSTEMS.join(', ')}.`);
  const issuer = options.issuer ?? (await usualIssuer(cli, ci));
  if (issuer === undefined) throw usage(`Say with --issuer whose tokens these are: ${ci} has one for each customer.`);
  const audience = options.audience ?? `${await issuerOf(cli)}/ci/${clientId}`;
  return {
    method: 'federated',
    ci,
    issuer,
    audience,
    claims: claimsOf(options.pin ?? []),
    allow_private_network: allowPrivateNetwork,
  };
}

/** The issuer of a system that has one for everybody. */
async function usualIssuer(cli: Cli, ci: CiSystemId): Promise<string | undefined> {
  const { items } = await cli.call('clients.ci_systems', { limit: 1000 });
  return items.find(({ id }) => id === ci)?.issuer.usual ?? undefined;
}

/** `name=value`, several times for one of several values. */
function claimsOf(pins: readonly string[]): FederatedAuth['claims'] {
  const claims = new Map<string, string[]>();
  for (const pin of pins) {
    const at = pin.indexOf('=');
    if (at < 1) throw usage(`"${pin}" is not name=value, such as repository_id=123456.`);
    const name = pin.slice(0, at);
    claims.set(name, [...(claims.get(name) ?? []), pin.slice(at + 1)]);
  }
  return Object.fromEntries(
    [...claims].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  );
}
