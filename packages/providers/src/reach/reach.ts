import type { Place } from './located.ts';

/** The reach of an operation: provider environments, and whether it also reaches what lies outside any environment. */
export interface Reach {
  readonly shared: boolean;
  readonly environments: readonly Place[];
  /** Everything in the connection, and also configured environments for which the provider has nothing. */
  readonly everything?: boolean;
}

/** Only what lies outside any environment. */
export const SHARED_REACH: Reach = { shared: true, environments: [] };

/** Joins reaches: the result reaches everything that one of them reaches. */
export function union(reaches: readonly Reach[]): Reach {
  const environments = new Map(reaches.flatMap((reach) => reach.environments).map((each) => [each.id, each]));
  return {
    shared: reaches.some((reach) => reach.shared),
    environments: [...environments.values()],
    everything: reaches.some((reach) => reach.everything === true),
  };
}
