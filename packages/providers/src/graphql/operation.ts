/** What a GraphQL provider's `resolve` must know of an operation besides core's `Operation`. */
import type { Operation } from '@writ/core';
import type { OperationReview, ResourceRef, Step } from '../catalog.ts';

/** A field of the query or mutation type. */
export interface RootNote {
  readonly at: 'root';
  readonly root: 'query' | 'mutation';
  readonly field: string;
  readonly review: OperationReview;
  /** True where all that is selected below is directory fields (model#directory-field): a read then stays `shared`. False for a leaf. */
  readonly directory_only: boolean;
  /** The parts of its arguments that an owner admitted from the live schema and this call uses: it then reaches everything. */
  readonly admitted?: readonly string[];
}

/** A field below, with an effect or a reach of its own. */
export interface NestedNote {
  readonly at: 'nested';
  /** The object type, or the interface where the object is only known when it runs. */
  readonly type: string;
  readonly field: string;
  /**
   * - `same`: reaches what the operation `under` reaches;
   * - `shared`: reaches `shared`;
   * - `out`: reaches every environment of the container that `under` lies in, or `shared` alone if `directory_only`.
   */
  readonly step: Step;
  /** Given: reaches the environments that the resource named by this argument lies in, at any step. */
  readonly by_id?: ResourceRef;
  /** True where all that is selected below is directory fields (model#directory-field). False for a leaf. */
  readonly directory_only: boolean;
  /** As of a root. */
  readonly admitted?: readonly string[];
  /** True of a field that an owner admitted: nothing tells in which container that lies which it leads to. */
  readonly beyond: boolean;
  /** Index in `operations` of the nearest enclosing one that settles a place: the root, or a nested one that left its parent's. */
  readonly under: number;
  /** Field names from the root to here, dotted. */
  readonly path: string;
}

/** An operation as the GraphQL engine judges it. Core hands it on untouched. */
export interface GraphqlOperation extends Operation {
  readonly graphql: RootNote | NestedNote;
}

/** Tells whether an operation was judged by the GraphQL engine. */
export function isGraphqlOperation(operation: Operation): operation is GraphqlOperation {
  return 'graphql' in operation;
}
