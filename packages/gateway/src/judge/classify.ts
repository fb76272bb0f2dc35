import type { Canonical, Classified } from '@writ/core';
import { makeClassified } from '@writ/core/steps';
import type { GatewayConnection } from '../ports.ts';

/** Says what a request would do. Throws what the provider's `classify` throws. */
export function classify(
  connection: Pick<GatewayConnection, 'provider' | 'overrides'>,
  canonical: Canonical,
): Classified {
  return makeClassified(connection.provider.classify(canonical, connection.overrides));
}
