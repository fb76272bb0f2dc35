import type { ResolveContext } from '../../provider.ts';
import type { Filled, Found } from '../inventory/facts.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Blast } from './blast.ts';

/** What is described, and what is asked for it. */
export interface DescribeDeps {
  readonly inventory: Inventory;
  readonly context: ResolveContext;
}

/** What describing one target works with: the environments that the operation reaches are `hit`, the others of the project `spared`. */
export interface DescribeContext extends DescribeDeps {
  readonly blast: Blast;
  /** The target, as the provider reports it now. */
  readonly found: Found;
  readonly hit: readonly Filled[];
  readonly spared: readonly Filled[];
  slugOf(filled: Filled): string | undefined;
}
