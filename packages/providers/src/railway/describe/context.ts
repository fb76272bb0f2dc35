import { WritError } from '@writ/core';
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

/** An answer of the provider's; undefined where it gave none. Faults of Writ's own stay faults. */
export async function unlessSilent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof WritError && SILENCE.has(error.code)) return undefined;
    throw error;
  }
}

const SILENCE: ReadonlySet<string> = new Set(['environment_unresolved', 'upstream_unavailable']);
