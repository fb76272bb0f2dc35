import { type Classified, type Resolved, WritError } from '@writ/core';
import { makeResolved } from '@writ/core/steps';
import type { GatewayConnection } from '../ports.ts';
import type { AskedFor, ClientBudgets } from './client-budgets.ts';

/** Who asks, and when the request arrived (milliseconds). */
export interface ResolveInput {
  readonly connection: GatewayConnection;
  readonly client_id: string;
  readonly arrived: number;
}

/** Operations times the environments each reaches: what is decided, recorded and shown of one request. */
const MOST_PAIRS = 10_000;

/** More operations than this are resolved in the client's turn: each takes of the one thread also where nothing must be asked. */
const FEW = 8;

/**
 * Settles targets and reach, at the client's expense. Throws what the provider's `resolve` throws, `rate_limited` where the client has
 * asked too much, and `request_too_large` for more pairs of operations and environments than are decided at once.
 */
export async function resolve(
  clients: ClientBudgets,
  asked: ResolveInput,
  classified: Classified,
): Promise<AskedFor<Resolved>> {
  const { connection, client_id } = asked;
  const reads = classified.operations.every(({ effect, raisable = [] }) => effect === 'read' && raisable.length === 0);
  const asker = { client_id, connection_id: connection.id, reads };
  const work = () => clients.ask(asker, () => connection.upstream.resolve(classified, asked));
  const { value, giveBack } = await (classified.operations.length > FEW ? clients.inTurn(client_id, work) : work());
  const pairs = value.operations.reduce((sum, { environments }) => sum + environments.length, 0);
  if (pairs > MOST_PAIRS) {
    const detail = `The request has ${pairs} pairs of an operation and an environment it reaches; at most ${MOST_PAIRS} are judged at once.`;
    throw new WritError('request_too_large', { detail });
  }
  return { value: makeResolved(value), giveBack };
}
