/** How a hold begins. A run-now is a hold of 0 minutes. */
import { defined, makeId, WritError } from '@writ/core';
import { type Hold, insertHold, keepBody, keepBodyLonger, type NewHold, type Tx, useForHold } from '@writ/store';
import type { EventDraft } from '../audit/record.ts';
import type { Services } from '../context.ts';
import type { SealedBody } from './body.ts';
import { keptIdOf } from './request.ts';

/** For how long after its moment the bytes of a request are kept at most: a human may have to release it. In seconds. */
const AFTER = 24 * 3600;

/** Makes the id of a hold: the request is sealed under it before the transaction begins, where no approval has kept it. */
export function holdId({ now, randomBytes }: Pick<Services, 'now' | 'randomBytes'>): string {
  return makeId('hold', { now: now(), randomBytes });
}

/**
 * Makes a hold in the caller's transaction; its time runs from now. `sealed`: the request, where it is not kept under the approval's id
 * already, or where the client repeated it with another token. Undefined where a hold for the same request is open: then nothing was made.
 */
export async function makeHold(tx: Tx, hold: NewHold, sealed?: SealedBody): Promise<Hold | undefined> {
  const made = await insertHold(tx, hold);
  if (made === undefined) return undefined;
  const { organization_id, minutes } = made;
  const kept = { organization_id, id: keptIdOf(made), part: 'request', keep_seconds: minutes * 60 + AFTER } as const;
  if (sealed === undefined) await keepBodyLonger(tx, kept);
  else await keepBody(tx, { ...kept, sealed });
  return made;
}

/**
 * Makes the hold of an approved request that Writ is to send itself, in the transaction of the yes that completes the approval: it is used up
 * by that. Its window, of 0 minutes where there is none, begins now. Throws `WritError` (`conflict`) where a hold for the same request is open.
 */
export async function holdApproved(
  services: Pick<Services, 'organization_id' | 'now' | 'randomBytes'>,
  tx: Tx,
  approval_id: string,
): Promise<Hold> {
  const { organization_id } = services;
  const id = holdId(services);
  const used = await useForHold(tx, { organization_id, approval_id, hold_id: id });
  if (used === undefined || used.connection_id === null)
    throw new WritError('conflict', { detail: `${approval_id} cannot be used any more.` });
  const { client_id, act_chain, task_id, jti, connection_id, request_id, digest, parts, subject, operations, shown } =
    used;
  const request = { client_id, act_chain, task_id, jti, connection_id, request_id };
  const facts = { digest, parts, subject, operations, shown, minutes: used.hold_minutes };
  const { grant_ids, requesters, protected: is_protected, quorum } = used;
  const who = { grant_ids, requesters, protected: is_protected, quorum };
  const hold = await makeHold(tx, { organization_id, id, approval_id, ...request, ...facts, ...who });
  if (hold !== undefined) return hold;
  throw new WritError('conflict', { detail: 'The same request waits for its time already: see writ holds list.' });
}

/** The event of a new hold, to be recorded in the same transaction; every broker then hears of it by the change `holdChange`. */
export function holdCreated(hold: Hold, connection?: string): EventDraft {
  const { minutes, digest } = hold;
  return holdEvent('hold.created', { hold, connection, data: { minutes, digest } });
}

/** What every broker is told of a hold that has changed. */
export function holdChange({ id }: Pick<Hold, 'id'>): { readonly kind: 'hold'; readonly subject: string } {
  return { kind: 'hold', subject: id };
}

/** An event of a hold, with whose it is. */
export function holdEvent(
  kind: EventDraft['kind'],
  {
    hold,
    connection,
    result,
    data,
  }: {
    readonly hold: Hold;
    readonly connection?: string | undefined;
    readonly result?: EventDraft['result'];
    readonly data?: EventDraft['data'];
  },
): EventDraft {
  const { id, approval_id, client_id, task_id, operations } = hold;
  return {
    kind,
    ...{ client_id, task_id, operations: [...operations] },
    ...defined({ connection, result }),
    data: { hold_id: id, ...defined({ approval_id: approval_id ?? undefined }), asked_in: hold.request_id, ...data },
  };
}
