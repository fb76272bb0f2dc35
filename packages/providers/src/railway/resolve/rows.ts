import type { Environment } from '@writ/core';
import { environmentWith } from '../../selectors.ts';
import type { EnvironmentFacts } from '../inventory/facts.ts';
import { membersOf, SELECTORS } from '../selectors.ts';

/**
 * Returns the connection's environment that a provider environment belongs to: the one that lists its id, else, if the
 * provider says that it is ephemeral, the one for its project's ephemeral ones.
 */
export function rowOf(rows: readonly Environment[], facts: EnvironmentFacts): Environment | undefined {
  return environmentWith(SELECTORS, rows, membersOf(facts));
}
