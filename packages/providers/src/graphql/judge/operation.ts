import type { NestedNote, ReviewedOperation, RootNote } from '../../review/note.ts';

/** An operation as the GraphQL engine judges it: a field of the query or mutation type, or one below. */
export interface GraphqlOperation extends ReviewedOperation {
  readonly note: (RootNote | NestedNote) & {
    /** The object type the field is of; the interface where the object is only known when it runs. */
    readonly type: string;
    readonly field: string;
  };
}
