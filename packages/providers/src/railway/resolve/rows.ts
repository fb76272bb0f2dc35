import type { Environment } from '@writ/core';
import type { EnvironmentFacts } from '../inventory/facts.ts';

/**
 * Returns the connection's environment that a provider environment belongs to: the one that lists its id, else, if the
 * provider says that it is ephemeral, the one for its project's ephemeral ones.
 */
export function rowOf(
  rows: readonly Environment[],
  { id, projectId, ephemeral }: EnvironmentFacts,
): Environment | undefined {
  const byId = rows.find(({ selector }) => 'environment_ids' in selector && selector.environment_ids.includes(id));
  if (byId || !ephemeral) return byId;
  return rows.find(({ selector }) => 'ephemeral_of' in selector && selector.ephemeral_of.includes(projectId));
}
