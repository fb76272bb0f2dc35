import { ApiError, type CallOptions, createClient, type OutputOf, type RequestOf, type RouteId } from '@writ/api';
import { createGate } from './gate.ts';

/** The broker does not answer: the network, or the process, is down. Nothing is known of what was asked last. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('Writ does not answer.', { cause });
    this.name = 'Unreachable';
  }
}

/** Open while the broker does not answer. */
export const outage = createGate();

/** Open while the session has ended under a page: what was asked waits behind it until somebody has signed in again. */
export const signIn = createGate();

const client = createClient({
  baseUrl: location.origin,
  fetch: async (url, init) => {
    try {
      const response = await fetch(url, init);
      outage.close();
      return response;
    } catch (error) {
      if (init.signal?.aborted) throw error;
      outage.open();
      throw new Unreachable(error);
    }
  },
});

/** The API as it is: an ended session is an error like any other. */
export const callOnce = client.call as <K extends RouteId>(
  id: K,
  input: RequestOf<K>,
  options?: CallOptions,
) => Promise<OutputOf<K>>;

/** The API for the pages: where the session has ended, the call waits for a new sign-in and is made again, so that no work is lost. */
export async function call<K extends RouteId>(id: K, input: RequestOf<K>, options?: CallOptions): Promise<OutputOf<K>> {
  try {
    return await callOnce(id, input, options);
  } catch (error) {
    if (!isSignedOut(error)) throw error;
    signIn.open();
    await signIn.passed();
    return await callOnce(id, input, options);
  }
}

/** Tells whether nobody is signed in (any more). */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
