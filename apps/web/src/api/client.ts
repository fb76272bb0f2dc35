import {
  ApiError,
  type CallOptions,
  createClient,
  type OutputOf,
  PERSON_HEADER,
  type RequestOf,
  type RouteId,
} from '@writ/api';
import { brokerClock } from './clock.ts';
import { createGate } from './gate.ts';

/** The broker does not answer: the network, the process or what stands before it is down. Nothing is known of what was asked last. */
export class Unreachable extends Error {
  constructor(cause?: unknown) {
    super('Writ does not answer.', { cause });
    this.name = 'Unreachable';
  }
}

/** Open while the broker does not answer. */
export const outage = createGate();

/** Open while the session has ended under a page: what was asked waits behind it until somebody has signed in again. */
export const signIn = createGate();

/** Who this page belongs to. Fixed by the first answer: another person has a page of their own. */
let person: string | undefined;

const client = createClient({
  baseUrl: location.origin,
  fetch: async (url, init) => {
    const asked = Date.now();
    const response = await fetch(url, { ...init, headers: { ...init.headers, ...headersOf(person) } }).catch(
      (error: unknown) => {
        if (init.signal?.aborted) throw error;
        throw unreachable(error);
      },
    );
    if (isOfProxy(response)) throw unreachable();
    outage.close();
    brokerClock.heard(response.headers.get('date'), asked, Date.now());
    return response;
  },
});

/** The broker checks it: in a browser where somebody else has signed in meanwhile, this page's session counts as ended. */
function headersOf(user: string | undefined): Readonly<Record<string, string>> {
  return user === undefined ? {} : { [PERSON_HEADER]: user };
}

function unreachable(cause?: unknown): Unreachable {
  outage.open();
  return new Unreachable(cause);
}

/** Tells whether what stands before the broker answered in its place: the broker's own errors are problem details. */
function isOfProxy({ status, headers }: Response): boolean {
  return [502, 503, 504].includes(status) && !headers.get('content-type')?.includes('application/problem+json');
}

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

/** Tells who is signed in. The page is theirs from then on, and asks for nothing in another's name. */
export async function readMe(): Promise<OutputOf<'me.get'>> {
  const me = await callOnce('me.get', {});
  person ??= me.id;
  return me;
}

/** Tells whether nobody is signed in (any more). */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
