/** An operation as a catalog lists it, for people and for selectors. */
import type { Effect } from '@writ/core';

/** One value of an operation's arguments that a condition can test. */
export interface OperationInput {
  /** As in `arguments` of a detail: `input.labels[]`, `body.amount`. */
  readonly path: string;
  /** `opaque`: a value whose inside only the provider knows; paths may go on below it. */
  readonly type: 'text' | 'number' | 'boolean' | 'enum' | 'opaque';
  /** Of an `enum`. */
  readonly values?: readonly string[];
  /** True where a call may have several: the path leads through a list. */
  readonly list: boolean;
  /** True where it, or something in it, is a secret: never logged. */
  readonly secret: boolean;
  /** True where no call comes without it; of what lies in a list, no element. */
  readonly required: boolean;
}

/** An operation as the catalog lists it: for selectors, previews and `GET operations`. */
export interface CatalogOperation {
  /** As in selectors: `volumeDelete`, `query.x`, `Type.field`. */
  readonly name: string;
  readonly effect: Effect;
  /** The effects that its arguments can raise it to. */
  readonly raised_to: readonly Effect[];
  readonly reach: string;
  readonly targets: readonly string[];
  /** The paths of its inputs. */
  readonly arguments: readonly string[];
  readonly inputs: readonly OperationInput[];
  /** The kind of thing it is about, in the provider's words, for people who look for it: decides nothing. */
  readonly group: string;
  readonly why: string;
  /** True where an owner admitted it from the live schema. */
  readonly admitted?: true;
  /** True where only a selector that names it in full covers it. */
  readonly spelled_out?: true;
}
