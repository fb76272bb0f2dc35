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

/** An argument of a preset that a person is asked for: without a condition on it the preset would allow more than anybody wants. */
export interface PresetNeed {
  readonly operation: string;
  /** One of the operation's inputs. */
  readonly path: string;
  /** The comparison that the answer is for. */
  readonly comparison: 'equals' | 'starts_with' | 'ends_with' | 'at_most';
  readonly question: string;
  /** An answer as an example. */
  readonly example: string;
}

/** Something that people often grant: nothing in it reveals, executes, destroys or escalates. */
export interface Preset {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Selectors. */
  readonly operations: readonly string[];
  /** True where it also is for what lies outside any environment. */
  readonly shared: boolean;
  readonly needs?: readonly PresetNeed[];
}
