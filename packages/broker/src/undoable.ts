import type { Store, Tx } from '@writ/store';

/** What a transaction gave: `undone` where it found out half-way that there is nothing to do, and then nothing of it stays. */
export type Undoable<Done, Undone> = { readonly done: Done } | { readonly undone: Undone };

/** Runs a transaction that may end without a trace: it throws then what `undo` makes of the result. */
export async function undoable<Done, Undone>(
  store: Pick<Store, 'transaction'>,
  work: (tx: Tx, undo: (result: Undone) => Error) => Promise<Done>,
): Promise<Undoable<Done, Undone>> {
  const undone = new Map<unknown, Undone>();
  const undo = (result: Undone): Error => {
    const error = new Error('nothing of this transaction stays');
    undone.set(error, result);
    return error;
  };
  try {
    return { done: await store.transaction((tx) => work(tx, undo)) };
  } catch (error) {
    if (!undone.has(error)) throw error;
    return { undone: undone.get(error) as Undone };
  }
}
