/** What the interpreter of reach rules must know of an operation besides core's `Operation`. */
import type { Operation } from '@writ/core';
import type { OperationReview, ResourceRef, Step } from './review.ts';

/** An operation of its own. */
export interface RootNote {
  readonly at: 'root';
  readonly review: OperationReview;
  /** True where all that is selected below is directory fields (model#directory-field): a read then stays `shared`. False for a leaf. */
  readonly directory_only: boolean;
  /** The parts of its arguments that an owner admitted from the live schema and this call uses: it then reaches everything. */
  readonly admitted?: readonly string[];
}

/** A part of another operation that has an effect or a reach of its own: a field below a root. */
export interface NestedNote {
  readonly at: 'nested';
  /**
   * - `same`: reaches what the operation `under` reaches;
   * - `shared`: reaches `shared`;
   * - `out`: reaches every environment of the container that `under` lies in, or `shared` alone if `directory_only`.
   */
  readonly step: Step;
  /** Where this is given, the field reaches the environments that the resource named by this argument lies in, at any step. */
  readonly by_id?: ResourceRef;
  /** True where all that is selected below is directory fields (model#directory-field). False for a leaf. */
  readonly directory_only: boolean;
  /** The same as for a root. */
  readonly admitted?: readonly string[];
  /** True of a field that an owner admitted: it is not known in which container the object lies that it leads to. */
  readonly beyond: boolean;
  /**
   * Index in `operations` of the nearest enclosing operation that settles a place: the root, or a nested one that left its parent's
   * place.
   */
  readonly under: number;
  /** Field names from the root to here, dotted. */
  readonly path: string;
}

/** An operation as an engine judges it by its review. Core hands it on unchanged. */
export interface ReviewedOperation extends Operation {
  readonly note: RootNote | NestedNote;
}

/** Tells whether an operation was judged by an engine. */
export function isReviewed(operation: Operation): operation is ReviewedOperation {
  return 'note' in operation;
}
