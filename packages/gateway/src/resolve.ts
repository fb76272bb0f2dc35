import type { Classified, Resolved } from '@writ/core';
import { makeResolved } from '@writ/core/steps';
import type { GatewayConnection } from './ports.ts';

/** Who asks, and when the request arrived (milliseconds). */
export interface Asked {
  readonly connection: GatewayConnection;
  readonly client_id: string;
  readonly arrived: number;
}

/** Settles targets and reach. Throws what the provider's `resolve` throws. */
export async function resolve(asked: Asked, classified: Classified): Promise<Resolved> {
  return makeResolved(await asked.connection.upstream.resolve(classified, asked));
}
