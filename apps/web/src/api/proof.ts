import type { OutputOf, RequestOf, RouteId } from '@writ/api';
import { createContext, type ReactNode, useContext } from 'react';

/** The person went back instead of proving who they are: nothing was sent. */
export class NotProven extends Error {}

/** What a change is called where a person is asked to prove who they are: a button's words and, if need be, a sentence. */
export interface ChangeWords {
  readonly title: string;
  readonly what?: ReactNode;
  readonly danger?: boolean;
}

/** A change that a person must prove to have meant. */
export interface Proven<K extends RouteId> extends ChangeWords {
  readonly id: K;
  readonly input: RequestOf<K>;
}

/**
 * Asks the person for a proof and sends the change with it. Rejects with `NotProven` where they went back, or another change is
 * being proven; else as the API does.
 */
export type Prove = <K extends RouteId>(change: Proven<K>) => Promise<OutputOf<K>>;

/** Lets one change at a time ask for its proof: a proof that was typed for one change never goes with another. */
export class ProofDesk<T> {
  #current: T | undefined;

  /** Takes a change, unless another is still being proven: that one stays, and the answer is false. */
  take(change: T): boolean {
    if (this.#current !== undefined) return false;
    this.#current = change;
    return true;
  }

  /** Ends a change. False where it is not the one that is being proven. */
  end(change: T): boolean {
    if (this.#current !== change) return false;
    this.#current = undefined;
    return true;
  }
}

/** Given by what holds the dialog. */
export const ProofContext = createContext<Prove | undefined>(undefined);

/** The way to ask for a proof, on every page the same. */
export function useProof(): Prove {
  const prove = useContext(ProofContext);
  if (prove === undefined) throw new Error('no ProofProvider above');
  return prove;
}
