/** A request that waits for a human, as its client asked by `Prefer: wait=N` (RFC 7240 section 4.3). */
import { WritError } from '@writ/core';
import type { GatewayLimits } from '../limits.ts';
import type { RequestPort, WaitFacts } from '../ports.ts';
import { ClientGone } from './body.ts';
import type { Exchange } from './exchange.ts';
import type { HeaderTable } from './header-table.ts';
import type { Shares } from './shares.ts';

/** The parts that waiting uses. */
export interface WaitContext {
  /** Requests of each client that wait. */
  readonly clients: { readonly waiting: Shares };
  readonly limits: Pick<GatewayLimits, 'waiting_ms'>;
  readonly now: () => number;
}

/** How many milliseconds the client wants to wait, at most `most`; 0 where it does not say so. Of several wishes the first counts. */
export function preferredWait(headers: HeaderTable, most: number): number {
  const wish = preferencesOf(headers).find(({ name }) => name === 'wait');
  const seconds = /^\s*"?(\d{1,9})"?\s*$/.exec(wish?.value ?? '')?.[1];
  return Math.min(Number(seconds ?? 0) * 1000, most);
}

/** Whether the client asked to be told of a hold as accepted, by `Prefer: respond-async` (RFC 7240 section 4.1). */
export function prefersAsync(headers: HeaderTable): boolean {
  return preferencesOf(headers).some(({ name, value }) => name === 'respond-async' && value === undefined);
}

/** A preference: its name in lower case, and its value as it was sent, if it has one. */
interface Preference {
  readonly name: string;
  readonly value: string | undefined;
}

/** The preferences of a request, without their parameters (RFC 7240 section 2). */
function preferencesOf(headers: HeaderTable): readonly Preference[] {
  const preferences = headers.all('prefer').join(',').split(',');
  return preferences.map((preference) => {
    const [name = '', value] = (preference.split(';', 1)[0] ?? '').split('=', 2);
    return { name: name.trim().toLowerCase(), value };
  });
}

/** One wait: who waits for which approval, until when. */
export interface Wait {
  readonly exchange: Exchange;
  readonly requestPort: RequestPort;
  readonly approval_id: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Waits until a human has decided, or the time is over; then returns which. The request gives its places back meanwhile: the caller takes
 * new ones. A client that has too many requests that wait does not wait. Throws `ClientGone`, and `WritError` (`unavailable`) where the
 * broker stops. What stops the request itself ends the wait: judging it anew says why.
 */
export async function waitForHuman(context: WaitContext, wait: Wait): Promise<'decided' | 'over' | WaitFacts> {
  const { waiting } = context.clients;
  const { client_id } = wait.requestPort.caller;
  try {
    waiting.take(client_id, 1);
  } catch {
    return 'over';
  }
  try {
    return await endOf(context, wait);
  } finally {
    waiting.give(client_id, 1);
  }
}

async function endOf(
  { now }: WaitContext,
  { exchange, requestPort, approval_id, until }: Wait,
): Promise<'decided' | 'over' | WaitFacts> {
  const { response } = exchange;
  const ended = new AbortController();
  const endAs = (end: 'decided' | 'over' | 'gone' | 'stopping') => () => ended.abort(end);
  const [onGone, onOver] = [endAs('gone'), endAs('over')];
  const offStopped = requestPort.onStopped((reason) => endAs(reason === 'stopping' ? 'stopping' : 'decided')());
  const timer = setTimeout(onOver, Math.max(0, until - now()));
  response.once('close', onGone);
  exchange.leave();
  let told: WaitFacts | undefined;
  try {
    if (response.destroyed) onGone();
    if (!ended.signal.aborted) told = await requestPort.whenDecided(approval_id, ended.signal);
  } finally {
    clearTimeout(timer);
    offStopped();
    response.off('close', onGone);
  }
  const { reason } = ended.signal;
  if (reason === 'gone') throw new ClientGone();
  if (reason === 'stopping') throw new WritError('unavailable', { detail: 'Writ is being stopped.', retry_after: 1 });
  if (told !== undefined) return told;
  return reason === 'over' ? 'over' : 'decided';
}
