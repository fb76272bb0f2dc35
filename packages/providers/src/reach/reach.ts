import type { Place } from './located.ts';

/** How far an operation reaches: provider environments, and whether what lies outside any. */
export interface Reach {
  readonly shared: boolean;
  readonly environments: readonly Place[];
  /** Everything in the connection, and also configured environments for which the provider has nothing. */
  readonly everything?: boolean;
}

/** Only what lies outside any environment. */
export const SHARED_REACH: Reach = { shared: true, environments: [] };

/** Reaches all that any of these reaches. */
export function union(reaches: readonly Reach[]): Reach {
  const environments = new Map(reaches.flatMap((reach) => reach.environments).map((each) => [each.id, each]));
  return {
    shared: reaches.some((reach) => reach.shared),
    environments: [...environments.values()],
    everything: reaches.some((reach) => reach.everything === true),
  };
}
