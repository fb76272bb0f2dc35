import { type Classified, type Resolved, WritError } from '@writ/core';
import { makeResolved } from '@writ/core/steps';
import type { GatewayConnection } from '../ports.ts';
import type { AskedFor, ClientBudgets } from './client-budgets.ts';

/** Who asks, and when the request arrived, in milliseconds. */
export interface ResolveInput {
  readonly connection: GatewayConnection;
  readonly client_id: string;
  readonly arrived: number;
}

/** The most pairs of operation and reached environment of one request: each pair is decided, recorded and shown. */
const MOST_PAIRS = 10_000;

/**
 * The most operations that are resolved at once. More of them are resolved in the client's turn: each takes time of the one thread, even if
 * the provider is not asked.
 */
const FEW = 8;

/**
 * Finds targets and reach, and charges the client for the questions to the provider. Throws what the provider's `resolve` throws,
 * `rate_limited` if the client's budget is used up, and `request_too_large` for more than 10,000 pairs of operation and environment.
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
